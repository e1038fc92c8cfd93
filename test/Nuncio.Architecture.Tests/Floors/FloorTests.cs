using Nuncio.Architecture.Tests.Tree;

namespace Nuncio.Architecture.Tests.Floors;

/// <summary>Layers are assemblies because references can be read: each floor knows only what lies below it.</summary>
public sealed class FloorTests
{
    [Fact]
    public void EveryAssembly_IsAFloor() =>
        Assert.Equal(
            Repository.Folders("src").Select(f => Path.GetFileName(f)).Order(),
            Floor.All.Select(floor => floor.Name).Order());

    [Fact]
    public void BuiltAssemblies_ReferToLowerFloorsAndTheirOwnPackagesOnly()
    {
        var findings = new Findings();
        foreach (Floor floor in Floor.All)
        {
            foreach (string reference in floor.BuiltReferences())
            {
                if (!floor.MayKnow.Contains(reference) && !floor.Packages.Contains(reference))
                {
                    findings.Add($"{floor.Name} refers to {reference}");
                }
            }
        }

        findings.MustBeNone("References point downward only (ARCHITECTURE.md, Floors).");
    }

    [Fact]
    public void Projects_NameLowerFloorsOnly()
    {
        var findings = new Findings();
        foreach (Floor floor in Floor.All)
        {
            foreach (string reference in floor.ProjectReferences().Except(floor.MayKnow))
            {
                findings.Add($"{floor.Name} refers to {reference}");
            }
        }

        findings.MustBeNone("A reference that is not used yet is a door that is open: projects name lower floors only.");
    }

    [Theory]
    [InlineData("Nuncio.Http", "Nuncio.IO")]
    [InlineData("Nuncio.IO", "Nuncio.Http")]
    [InlineData("Nuncio.Core", "Nuncio.Api")]
    [InlineData("Nuncio.Core", "Google.Protobuf")]
    [InlineData("Nuncio.Core", "Nuncio.Config")]
    [InlineData("Nuncio.Xds", "Nuncio.Extensions")]
    public void ThisFloor_DoesNotKnowThatOne(string name, string other)
    {
        Floor floor = Floor.All.Single(f => f.Name == name);
        Assert.DoesNotContain(other, floor.MayKnow.Concat(floor.Packages).Concat(floor.BuiltReferences()).Concat(floor.ProjectReferences()));
    }

    [Fact]
    public void EveryFloor_HasTheBannedSymbolsOfItsPlane()
    {
        foreach (Floor floor in Floor.All)
        {
            Assert.Equal(floor.Banned, floor.Project.Descendants("BannedSymbols").SingleOrDefault()?.Value ?? "");
        }
    }

    [Theory]
    [InlineData("T:System.Threading.Tasks.Task")]
    [InlineData("T:System.Threading.Timer")]
    [InlineData("N:System.Net.Sockets")]
    [InlineData("N:System.Linq")]
    [InlineData("P:System.DateTime.UtcNow")]
    [InlineData("M:System.Diagnostics.Stopwatch.GetTimestamp")]
    [InlineData("P:System.Random.Shared")]
    [InlineData("M:System.Threading.Thread.Sleep(System.Int32)")]
    public void DataPlane_BansThis(string symbol) =>
        Assert.Contains(Repository.Read("eng/banned/BannedSymbols.DataPlane.txt").Split('\n'), line => line.StartsWith(symbol + ";", StringComparison.Ordinal));

    [Fact]
    public void BannedSymbols_AreErrorsEverywhere()
    {
        var findings = new Findings();
        foreach (string path in Repository.Files("src", ".csproj").Concat(Repository.Files("src", ".props")).Concat(["Directory.Build.props", ".editorconfig"]))
        {
            string text = Repository.Read(path);
            if (text.Contains("RS0030", StringComparison.Ordinal) || text.Contains("<TreatWarningsAsErrors>false", StringComparison.Ordinal))
            {
                findings.Add(path);
            }
        }

        findings.MustBeNone("Nobody switches RS0030 (banned symbols) or warnings as errors off.");
        Assert.Contains("<TreatWarningsAsErrors>true", Repository.Read("Directory.Build.props"), StringComparison.Ordinal);
    }
}
