using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SteadyLoad;

// Usage: SteadyLoad <port> <path> <requests per second> <connections>; runs until its standard input ends, then prints one line of JSON.
// Half of the requests go over keep-alive connections, each of the other half over a connection of its own.
if (args is not [var portText, var path, var rateText, var connectionsText])
{
    Console.Error.WriteLine("usage: SteadyLoad port path requests-per-second connections");
    return 2;
}

int port = int.Parse(portText, CultureInfo.InvariantCulture);
double rate = double.Parse(rateText, CultureInfo.InvariantCulture);
int connections = int.Parse(connectionsText, CultureInfo.InvariantCulture);
using var stop = new CancellationTokenSource();
var counts = new Counts();
long start = Stopwatch.GetTimestamp();
var tasks = new List<Task>();
for (int i = 0; i < connections; i++)
{
    // Each loop has its own share and phase of the rate, so that the whole is steady.
    var interval = TimeSpan.FromSeconds(2 * connections / rate);
    TimeSpan phase = interval * i / connections;
    tasks.Add(new Client(port, path, counts, keepAlive: true).RunAsync(interval, phase, stop.Token));
    tasks.Add(new Client(port, path, counts, keepAlive: false).RunAsync(interval, phase, stop.Token));
}

Console.In.ReadToEnd();
stop.Cancel();
await Task.WhenAll(tasks);
double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
Console.WriteLine(JsonSerializer.Serialize(new Dictionary<string, double>
{
    ["seconds"] = seconds,
    ["requests"] = counts.Requests,
    ["fresh"] = counts.Fresh,
    ["rate"] = counts.Requests / seconds,
    ["told_to_close"] = counts.ToldToClose,
    ["failed"] = counts.Failed,
    ["resets"] = counts.Resets,
    ["refused"] = counts.Refused,
    ["cut_off"] = counts.CutOff,
    ["wrong_status"] = counts.WrongStatus,
    ["timeouts"] = counts.Timeouts,
    ["slowest_ms"] = counts.SlowestMilliseconds,
}));
foreach (string failure in counts.Examples)
{
    Console.Error.WriteLine(failure);
}

return 0;
