using Nuncio.Config.Loading;

namespace Nuncio.Config.Tests.Loading;

public sealed class NearestNameTests
{
    private static readonly string[] Names = ["connect_timeout", "cluster", "clusters", "id"];

    [Theory]
    [InlineData("conect_timeout", "connect_timeout")]
    [InlineData("Connect-Timeout", "connect_timeout")]
    [InlineData("clusterz", "cluster")]
    [InlineData("idd", "id")]
    [InlineData("zz", null)]
    [InlineData("something_else", null)]
    public void WrongName_FindsTheOneMeant(string name, string? expected) => Assert.Equal(expected, NearestName.Find(name, Names));

    [Fact]
    public void VeryLongName_IsNotCompared() => Assert.Null(NearestName.Find(new string('a', 100_000), Names));
}
