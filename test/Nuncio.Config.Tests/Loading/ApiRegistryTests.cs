using Envoy.Extensions.Filters.Http.Router.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;
using Nuncio.Config.Loading;

namespace Nuncio.Config.Tests.Loading;

public sealed class ApiRegistryTests
{
    /// <summary>Protects the explicit list: a file added to <c>api/</c> and forgotten in it would be an unknown type to users.</summary>
    [Fact]
    public void EveryGeneratedMessage_IsInTheRegistry()
    {
        IEnumerable<string> generated = typeof(Router).Assembly.GetTypes()
            .Where(static type => typeof(IMessage).IsAssignableFrom(type) && type.Namespace!.StartsWith("Nuncio.Validate", StringComparison.Ordinal) is false)
            .Select(static type => ((MessageDescriptor)type.GetProperty("Descriptor")!.GetValue(null)!).FullName);

        Assert.Empty(generated.Except(ApiRegistry.Names));
    }

    /// <summary>Protects that what a message lacks is named once, and only while it is lacking.</summary>
    [Fact]
    public void FieldsOfEnvoyOnly_AreNotDeclaredToo()
    {
        foreach (string name in ApiRegistry.Names)
        {
            MessageDescriptor type = ApiRegistry.FindType("x/" + name)!;
            foreach (FieldDescriptor field in type.Fields.InDeclarationOrder())
            {
                Assert.DoesNotContain("not supported", MessageSchema.Of(type).DescribeUnknown(field.Name), StringComparison.Ordinal);
                Assert.DoesNotContain("not supported", MessageSchema.Of(type).DescribeUnknown(field.FieldNumber), StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void TypeOfEnvoyThatIsNotHere_IsToldApartFromNonsense()
    {
        Assert.Contains("not supported by this version", EnvoyTypes.DescribeUnknown("envoy.extensions.filters.http.lua.v3.Lua"), StringComparison.Ordinal);
        Assert.StartsWith("found the unknown type", EnvoyTypes.DescribeUnknown("envoy.extensions.filters.http.lua.v3.Luna"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("type.googleapis.com/envoy.extensions.filters.http.router.v3.Router")]
    [InlineData("example.com/some/path/envoy.extensions.filters.http.router.v3.Router")]
    public void TypeUrl_CountsFromItsLastSlash(string typeUrl)
    {
        Any any = new() { TypeUrl = typeUrl, Value = new Router { SuppressEnvoyHeaders = true }.ToByteString() };

        Assert.True(AnyDecoder.TryUnpack(any, out Router? router));
        Assert.True(router.SuppressEnvoyHeaders);
    }

    [Fact]
    public void AnyOfAnotherType_IsNotUnpacked() => Assert.False(AnyDecoder.TryUnpack(Any.Pack(new Router()), out Duration? _));

    [Fact]
    public void AnyWithBrokenBytes_IsNotUnpacked()
    {
        Any any = new() { TypeUrl = "x/" + Router.Descriptor.FullName, Value = ByteString.CopyFrom(0xFF) };

        Assert.False(AnyDecoder.TryUnpack(any, out _));
    }
}
