using System.Text;
using Envoy.Config.Bootstrap.V3;
using Google.Protobuf;
using Nuncio.Config.Errors;
using Nuncio.Config.Loading.ProtoText;
using Nuncio.Config.Validation;

namespace Nuncio.Config.Loading;

/// <summary>
/// Reads configuration: a file in YAML, JSON or protobuf's binary or text form, and YAML text merged over it, into a message whose
/// rules hold, with the position of everything that was written. Stateless, any thread; reads from the file system only.
/// </summary>
/// <remarks>
/// All that is wrong is collected in one run and handed over in the order of the source. Nothing throws for bad input.
/// </remarks>
public static class ConfigLoader
{
    /// <summary>The name under which errors report the text of <c>--config-yaml</c>.</summary>
    public const string OverlaySource = "--config-yaml";

    /// <summary>
    /// The bootstrap in <paramref name="path"/> with <paramref name="overlay"/> merged over it as protobuf merges: scalars
    /// override unless they are zero, lists append, messages merge. Either may be null, not both. Null after any error.
    /// </summary>
    public static LoadedBootstrap? LoadBootstrap(string? path, string? overlay, LoadOptions options, ConfigErrors errors)
    {
        LoadContext context = new(options);
        Bootstrap bootstrap = new();
        bool hasOverlay = !string.IsNullOrWhiteSpace(overlay);
        if (path is null && !hasOverlay)
        {
            errors.Add(new ConfigError(null, "", "no configuration is given, expected a file (-c) or text (--config-yaml)"));
            return null;
        }

        if (path is not null && SourceFile.TryRead(path, context, out byte[] bytes))
        {
            ReadSource(context, bootstrap, bytes, SourceFile.FormatOf(path), path, under: null);
        }

        if (hasOverlay)
        {
            Bootstrap over = new();
            ReadSource(context, over, Encoding.UTF8.GetBytes(overlay!), ConfigFormat.Yaml, OverlaySource, under: bootstrap);
            bootstrap.MergeFrom(over);
        }

        SourceMap sources = Finish(context, bootstrap, path ?? OverlaySource, errors, out bool good);
        return good ? new LoadedBootstrap(bootstrap, sources, context.Warnings, context.UnknownFields) : null;
    }

    /// <summary>The message of type <typeparamref name="T"/> in a file; null after any error.</summary>
    public static LoadedMessage<T>? LoadFile<T>(string path, LoadOptions options, ConfigErrors errors)
        where T : class, IMessage<T>, new()
    {
        LoadContext context = new(options);
        T message = new();
        if (SourceFile.TryRead(path, context, out byte[] bytes))
        {
            ReadSource(context, message, bytes, SourceFile.FormatOf(path), path, under: null);
        }

        return Finish(context, message, path, errors);
    }

    /// <summary>The message of type <typeparamref name="T"/> in <paramref name="text"/>; null after any error.</summary>
    public static LoadedMessage<T>? LoadMessage<T>(string text, ConfigFormat format, string source, LoadOptions options, ConfigErrors errors)
        where T : class, IMessage<T>, new() =>
        LoadMessage<T>(Encoding.UTF8.GetBytes(text), format, source, options, errors);

    /// <summary>The message of type <typeparamref name="T"/> in <paramref name="bytes"/>; null after any error.</summary>
    public static LoadedMessage<T>? LoadMessage<T>(byte[] bytes, ConfigFormat format, string source, LoadOptions options, ConfigErrors errors)
        where T : class, IMessage<T>, new()
    {
        LoadContext context = new(options);
        T message = new();
        ReadSource(context, message, bytes, format, source, under: null);
        return Finish(context, message, source, errors);
    }

    private static LoadedMessage<T>? Finish<T>(LoadContext context, T message, string source, ConfigErrors errors)
        where T : class, IMessage
    {
        SourceMap sources = Finish(context, message, source, errors, out bool good);
        return good ? new LoadedMessage<T>(message, sources, context.Warnings, context.UnknownFields) : null;
    }

    private static SourceMap Finish(LoadContext context, IMessage message, string source, ConfigErrors errors, out bool good)
    {
        SourceMap sources = new(source, context.Positions);
        if (!context.SourceFailed)
        {
            new MessageValidator(context, sources).Validate(message, "");
        }

        good = !context.HasErrors;
        context.Flush(errors);
        return sources;
    }

    private static void ReadSource(LoadContext context, IMessage message, byte[] bytes, ConfigFormat format, string source, IMessage? under)
    {
        LoadLimits limits = context.Options.Limits;
        context.BeginSource(source);
        try
        {
            if (bytes.Length > limits.MaxBytes)
            {
                throw new SourceFault(
                    new SourcePosition(source, 0, 0),
                    $"larger than {limits.MaxBytes} bytes, which is the most a source may be");
            }

            if (format == ConfigFormat.Binary)
            {
                BinaryMessageReader.Read(context, message, bytes, source);
            }
            else
            {
                ReadText(context, message, bytes, format, source, under);
            }
        }
        catch (SourceFault fault)
        {
            bool isGuess = format == ConfigFormat.Json && !source.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
            const string Guess = "; a name without .yaml, .yml, .pb or .pb_text at its end is read as JSON";
            context.Fault(isGuess ? new SourceFault(fault.Position, fault.Message + Guess) : fault);
        }
    }

    private static void ReadText(LoadContext context, IMessage message, byte[] bytes, ConfigFormat format, string source, IMessage? under)
    {
        LoadLimits limits = context.Options.Limits;
        string text = SourceText.Decode(bytes, source);
        ConfigNode? root = format switch
        {
            ConfigFormat.Yaml => YamlTreeReader.Read(text, source, limits),
            ConfigFormat.ProtoText => ProtoTextTreeReader.Read(text, source, message.Descriptor, context),
            _ => JsonTreeReader.Read(text, source, limits),
        };
        if (root is null)
        {
            throw new SourceFault(new SourcePosition(source, 1, 1), $"found nothing, expected an object ({message.Descriptor.FullName})");
        }

        context.Positions.TryAdd("", root.Position);
        new MessageReader(context).ReadInto(message, root, "", under);
    }
}
