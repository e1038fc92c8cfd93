using System.Text;
using Nuncio.Base.Buffers;
using Nuncio.Core.AccessLog;
using Nuncio.Core.Extensibility;
using Nuncio.Core.Formatting;

namespace Nuncio.Extensions.Tests.NetworkFilters;

/// <summary>An access log that keeps its lines for the test to read.</summary>
internal sealed class RecordingLogger : IAccessLoggerProvider, IAccessLogger
{
    private readonly SubstitutionFormatter _formatter;

    internal RecordingLogger(string format)
    {
        Assert.True(SubstitutionFormatter.TryParse(format, FormatterOptions.Default, out SubstitutionFormatter? formatter, out string? error), error);
        _formatter = formatter;
    }

    internal List<string> Lines { get; } = [];

    public IAccessLogger CreateForWorker(WorkerContext worker) => this;

    public void Log(in FormatContext context)
    {
        ByteWriter line = new();
        _formatter.Format(context, line);
        Lines.Add(Encoding.UTF8.GetString(line.Written));
    }
}
