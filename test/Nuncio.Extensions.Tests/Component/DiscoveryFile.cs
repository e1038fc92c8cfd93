namespace Nuncio.Extensions.Tests.Component;

/// <summary>A file with a discovery response, in a folder of its own that goes with it.</summary>
internal sealed class DiscoveryFile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("nuncio-test-");

    internal DiscoveryFile(string content) => File.WriteAllText(Path, content);

    internal string Path => System.IO.Path.Combine(_folder.FullName, "ecds.yaml");

    /// <inheritdoc/>
    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>Replaces the file as a whole and waits until the proxy has looked at it.</summary>
    internal void Replace(ProxyFixture proxy, string content)
    {
        string next = System.IO.Path.Combine(_folder.FullName, "next");
        File.WriteAllText(next, content);
        File.Move(next, Path, overwrite: true);
        proxy.Advance(TimeSpan.FromSeconds(1));
        proxy.Run();
    }

    /// <summary>A response with one resource.</summary>
    internal static string Holding(string name, string type, string fields = "", string version = "1") =>
        $"version_info: '{version}'\nresources:\n{Resource(name, type, fields)}";

    /// <summary>One resource of a response.</summary>
    internal static string Resource(string name, string type, string fields = "") =>
        $$"""
        - "@type": type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig
          name: {{name}}
          typed_config:
            "@type": type.googleapis.com/{{type}}
        {{ProxyFixture.Indent(fields, 4)}}

        """;
}
