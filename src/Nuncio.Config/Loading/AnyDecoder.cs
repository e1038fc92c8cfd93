using System.Diagnostics.CodeAnalysis;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Google.Protobuf.WellKnownTypes;

namespace Nuncio.Config.Loading;

/// <summary>Opens <c>Any</c>s whose type this build knows. Stateless, any thread.</summary>
public static class AnyDecoder
{
    // Each level of a Struct is three messages deep, so the runtime's own 100 would refuse what our reader let through.
    private const int RecursionLimit = 512;

    /// <summary>The message in <paramref name="any"/>; false when its type is not known or its bytes are not of that type.</summary>
    public static bool TryUnpack(Any any, [NotNullWhen(true)] out IMessage? message)
    {
        message = null;
        if (ApiRegistry.FindType(any.TypeUrl) is not { } type)
        {
            return false;
        }

        message = TryParse(type, any.Value);
        return message is not null;
    }

    /// <summary>The message in <paramref name="any"/> when it is a <typeparamref name="T"/>.</summary>
    public static bool TryUnpack<T>(Any any, [NotNullWhen(true)] out T? message)
        where T : class, IMessage
    {
        message = TryUnpack(any, out IMessage? found) ? found as T : null;
        return message is not null;
    }

    /// <summary>The full name of the type in a type URL: what follows the last slash.</summary>
    public static string TypeName(string typeUrl) => typeUrl[(typeUrl.LastIndexOf('/') + 1)..];

    /// <summary>A message of <paramref name="type"/> from bytes; null when they are none.</summary>
    internal static IMessage? TryParse(MessageDescriptor type, ByteString bytes)
    {
        try
        {
            using MemoryStream stream = new(bytes.ToByteArray(), writable: false);
            return type.Parser.ParseFrom(CodedInputStream.CreateWithLimits(stream, int.MaxValue, RecursionLimit));
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or InvalidOperationException or ArgumentException)
        {
            // The second and third are how the library's wrappers and texts fail on bytes that end too early or are no UTF-8.
            return null;
        }
    }
}
