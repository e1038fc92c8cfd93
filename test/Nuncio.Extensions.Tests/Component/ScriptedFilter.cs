using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Nuncio.Base.Stats;
using Nuncio.Config.Errors;
using Nuncio.Config.Extensibility;
using Nuncio.Core.Extensibility;
using Nuncio.Core.HttpFilters;
using Nuncio.Http.Headers;
using Nuncio.IO.Timers;
using Bytes = Nuncio.Base.Buffers.Buffer;
using Timer = Nuncio.IO.Timers.Timer;
using WireCore = Envoy.Config.Core.V3;

namespace Nuncio.Extensions.Tests.Component;

/// <summary>What a scripted filter does in each phase; what is not scripted continues. Everything it is called with goes to the journal.</summary>
internal sealed class FilterScript
{
    internal List<string> Journal { get; set; } = [];

    internal Func<ScriptedFilter, HeaderMap, bool, HeadersStatus>? RequestHeaders { get; init; }

    internal Func<ScriptedFilter, Bytes, bool, DataStatus>? RequestData { get; init; }

    internal Func<ScriptedFilter, HeaderMap, TrailersStatus>? RequestTrailers { get; init; }

    internal Func<ScriptedFilter, HeaderMap, bool, HeadersStatus>? ResponseHeaders { get; init; }

    internal Func<ScriptedFilter, Bytes, bool, DataStatus>? ResponseData { get; init; }

    internal Func<ScriptedFilter, HeaderMap, TrailersStatus>? ResponseTrailers { get; init; }

    internal Action<ScriptedFilter>? Informational { get; init; }

    internal Action<ScriptedFilter, int, string>? LocalReply { get; init; }

    internal Action<ScriptedFilter>? Complete { get; init; }

    internal Action<ScriptedFilter>? Destroyed { get; init; }

    internal bool Reusable { get; init; }

    /// <summary>Filters made so far, the newest last.</summary>
    internal List<ScriptedFilter> Made { get; } = [];

    internal ScriptedFilter Last => Made[^1];
}

/// <summary>A filter that does what its <see cref="FilterScript"/> says.</summary>
internal sealed class ScriptedFilter(string name, FilterScript script, WorkerContext worker) : HttpFilter, ITimerHandler
{
    private Timer? _timer;
    private Action? _onTimer;

    /// <summary>What the filter may ask of its stream.</summary>
    internal HttpFilterCallbacks Stream => Callbacks;

    /// <summary>Runs something later.</summary>
    internal void After(TimeSpan delay, Action action)
    {
        _timer ??= new Timer(worker.Dispatcher.Timers, this);
        _onTimer = action;
        _timer.Arm(delay);
    }

    public void OnTimer(Timer timer) => _onTimer!();

    public override HeadersStatus OnRequestHeaders(HeaderMap headers, bool endStream)
    {
        Note("reqH", endStream);
        return script.RequestHeaders?.Invoke(this, headers, endStream) ?? HeadersStatus.Continue;
    }

    public override DataStatus OnRequestData(Bytes data, bool endStream)
    {
        Note($"reqD {Text(data)}", endStream);
        return script.RequestData?.Invoke(this, data, endStream) ?? DataStatus.Continue;
    }

    public override TrailersStatus OnRequestTrailers(HeaderMap trailers)
    {
        Note("reqT", false);
        return script.RequestTrailers?.Invoke(this, trailers) ?? TrailersStatus.Continue;
    }

    public override void OnInformational(HeaderMap headers)
    {
        Note("info", false);
        script.Informational?.Invoke(this);
    }

    public override HeadersStatus OnResponseHeaders(HeaderMap headers, bool endStream)
    {
        Note("resH", endStream);
        return script.ResponseHeaders?.Invoke(this, headers, endStream) ?? HeadersStatus.Continue;
    }

    public override DataStatus OnResponseData(Bytes data, bool endStream)
    {
        Note($"resD {Text(data)}", endStream);
        return script.ResponseData?.Invoke(this, data, endStream) ?? DataStatus.Continue;
    }

    public override TrailersStatus OnResponseTrailers(HeaderMap trailers)
    {
        Note("resT", false);
        return script.ResponseTrailers?.Invoke(this, trailers) ?? TrailersStatus.Continue;
    }

    public override void OnLocalReply(int status, string details)
    {
        Note($"local {status} {details}", false);
        script.LocalReply?.Invoke(this, status, details);
    }

    public override void OnComplete()
    {
        Note("complete", false);
        script.Complete?.Invoke(this);
    }

    public override void OnDestroy()
    {
        _timer?.Disarm();
        Note("destroy", false);
        script.Destroyed?.Invoke(this);
    }

    private static string Text(Bytes data) =>
        data.Length > 100 ? data.Length.ToString(System.Globalization.CultureInfo.InvariantCulture) : Encoding.Latin1.GetString(data.ToArray());

    private void Note(string what, bool end) => script.Journal.Add($"{name} {what}{(end ? " end" : "")}");
}

/// <summary>Makes scripted filters: configuration is a HeaderValue whose key names the script; on a route, a DataSource.</summary>
internal sealed class ScriptedFilterFactory(IReadOnlyDictionary<string, FilterScript> scripts) : IHttpFilterFactory
{
    public string Name => "test.scripted";

    public MessageDescriptor ConfigType => WireCore.HeaderValue.Descriptor;

    public MessageDescriptor? RouteConfigType => WireCore.DataSource.Descriptor;

    public HttpFilterProvider? Create(IMessage message, FactoryContext context, ConfigScope scope)
    {
        string name = ((WireCore.HeaderValue)message).Key;
        return new Provider(name, scripts[name]);
    }

    public object? CreateRouteConfig(IMessage message, FactoryContext context, ConfigScope scope) => ((WireCore.DataSource)message).InlineString;

    private sealed class Provider(string name, FilterScript script) : HttpFilterProvider
    {
        public override HttpFilterMaker CreateForWorker(WorkerContext worker, StatScope httpScope) => new Maker(name, script, worker);
    }

    private sealed class Maker(string name, FilterScript script, WorkerContext worker) : HttpFilterMaker
    {
        public override bool Reusable => script.Reusable;

        public override HttpFilter Create()
        {
            var filter = new ScriptedFilter(name, script, worker);
            script.Made.Add(filter);
            return filter;
        }
    }
}
