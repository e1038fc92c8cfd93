using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Nuncio.Architecture.Tests.Tree;

namespace Nuncio.Architecture.Tests.Floors;

/// <summary>One assembly of the product: what it may know, and what its built file and its project say that it knows.</summary>
internal sealed record Floor(string Name, string[] MayKnow, string[] Packages, string Banned)
{
    /// <summary>The drawing in ARCHITECTURE.md, with what lies below each floor written out.</summary>
    internal static Floor[] All { get; } =
    [
        new("Nuncio.Base", [], [], "DataPlane"),
        new("Nuncio.IO", ["Nuncio.Base"], [], "DataPlane"),
        new("Nuncio.Http", ["Nuncio.Base"], [], "DataPlane"),
        new("Nuncio.Core", ["Nuncio.Http", "Nuncio.IO", "Nuncio.Base"], [], "DataPlane"),
        new("Nuncio.Api", [], ["Google.Protobuf"], ""),
        new("Nuncio.Config", ["Nuncio.Core", "Nuncio.Api", "Nuncio.Http", "Nuncio.IO", "Nuncio.Base"], ["Google.Protobuf", "YamlDotNet"], "ControlPlane"),
        new("Nuncio.Extensions", ["Nuncio.Config", "Nuncio.Core", "Nuncio.Api", "Nuncio.Http", "Nuncio.IO", "Nuncio.Base"], ["Google.Protobuf"], "DataPlane"),
        new("Nuncio.Xds", ["Nuncio.Config", "Nuncio.Core", "Nuncio.Api", "Nuncio.Http", "Nuncio.IO", "Nuncio.Base"], ["Google.Protobuf"], "ControlPlane"),
        new("Nuncio.Server", ["Nuncio.Xds", "Nuncio.Extensions", "Nuncio.Config", "Nuncio.Core", "Nuncio.Api", "Nuncio.Http", "Nuncio.IO", "Nuncio.Base"],
            ["Google.Protobuf", "Microsoft.Extensions.Logging.Abstractions", "System.CommandLine", "Microsoft.Diagnostics.Runtime"], "ControlPlane"),
    ];

    internal XElement Project => XElement.Parse(Repository.Read($"src/{Name}/{Name}.csproj"));

    /// <summary>The assemblies that the built file refers to, the runtime's left out.</summary>
    internal List<string> BuiltReferences()
    {
        string file = Name == "Nuncio.Server" ? "nuncio.dll" : Name + ".dll";
        using var reader = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, file)));
        MetadataReader metadata = reader.GetMetadataReader();
        return
        [
            .. metadata.AssemblyReferences
                .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))
                .Where(name => !IsRuntime(name)),
        ];
    }

    /// <summary>The projects that its project file refers to.</summary>
    internal List<string> ProjectReferences() =>
        [.. Project.Descendants("ProjectReference").Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value))];

    private static bool IsRuntime(string name) =>
        name is "System" or "netstandard" || (name.StartsWith("System.", StringComparison.Ordinal) && name != "System.CommandLine");
}
