using System.Globalization;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using Microsoft.Diagnostics.Runtime;

namespace Nuncio.Server.Stacks;

/// <summary>File and line of a frame, where the symbols of its assembly lie beside it. Portable PDB, sequence points.</summary>
/// <remarks>Owner: the thread that walks; keeps the symbols of each assembly open until it ends.</remarks>
internal sealed class SourceLines : IDisposable
{
    private readonly Dictionary<string, MetadataReaderProvider?> _symbols = [];

    public void Dispose()
    {
        foreach (MetadataReaderProvider? symbols in _symbols.Values)
        {
            symbols?.Dispose();
        }
    }

    /// <summary><c> in File.cs:12</c>, or nothing when it is not known.</summary>
    internal string Of(ClrStackFrame frame, bool isInnermost)
    {
        if (frame.Method is not { MetadataToken: not 0 } method || method.Type?.Module?.Name is not { Length: > 0 } assembly)
        {
            return "";
        }

        // The others stand behind their call; the line of the call is meant.
        ulong address = isInnermost ? frame.InstructionPointer : frame.InstructionPointer - 1;
        int row = method.MetadataToken & 0xFFFFFF;
        return IlOffset(method, address) is { } offset && Symbols(assembly) is { } symbols && row <= symbols.MethodDebugInformation.Count
            ? Find(symbols, MetadataTokens.MethodDefinitionHandle(row), offset)
            : "";
    }

    /// <summary>The nearest known place before it: optimised code has stretches that belong to no line.</summary>
    private static int? IlOffset(ClrMethod method, ulong address)
    {
        ulong best = 0;
        int? offset = null;
        foreach (ILToNativeMap map in method.ILOffsetMap)
        {
            if (map.ILOffset >= 0 && map.StartAddress <= address && map.StartAddress >= best)
            {
                best = map.StartAddress;
                offset = map.ILOffset;
            }
        }

        return offset;
    }

    private static string Find(MetadataReader symbols, MethodDefinitionHandle method, int offset)
    {
        string found = "";
        foreach (SequencePoint point in symbols.GetMethodDebugInformation(method.ToDebugInformationHandle()).GetSequencePoints())
        {
            if (point.Offset > offset)
            {
                break;
            }

            if (!point.IsHidden)
            {
                string file = symbols.GetString(symbols.GetDocument(point.Document).Name);
                found = string.Create(CultureInfo.InvariantCulture, $" in {Path.GetFileName(file)}:{point.StartLine}");
            }
        }

        return found;
    }

    private MetadataReader? Symbols(string assembly)
    {
        if (!_symbols.TryGetValue(assembly, out MetadataReaderProvider? symbols))
        {
            _symbols.Add(assembly, symbols = Open(assembly));
        }

        return symbols?.GetMetadataReader();
    }

    /// <summary>A file that is missing, broken or of another build gives no lines, and the methods are still there.</summary>
    private static MetadataReaderProvider? Open(string assembly)
    {
        try
        {
            using var file = new PEReader(File.OpenRead(assembly));
            return file.TryOpenAssociatedPortablePdb(
                assembly, static path => File.Exists(path) ? File.OpenRead(path) : null, out MetadataReaderProvider? symbols, out _) ? symbols : null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            return null;
        }
    }
}
