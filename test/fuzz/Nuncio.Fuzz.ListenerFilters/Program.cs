using Nuncio.Core.ListenerFilters;
using Nuncio.Extensions.ListenerFilters.HttpInspector;
using Nuncio.Extensions.ListenerFilters.ProxyProtocol;
using Nuncio.Extensions.ListenerFilters.TlsInspector;
using Nuncio.Testing.Fuzzing;
using Nuncio.Testing.ListenerFilters;

// Usage: Nuncio.Fuzz.ListenerFilters <corpus directory> [seconds] [seed]
// Gives each input to every filter that looks at bytes and checks every invariant of ListenerFilterFuzz; what happens to an input that breaks
// one is in FuzzLoop.
bool[] allTypes = [.. Enumerable.Repeat(true, 256)];
ListenerFilterProvider[] providers =
[
    new TlsInspectorProvider(new TlsInspectorConfig(EnableJa3: true, EnableJa4: true)),
    new TlsInspectorProvider(new TlsInspectorConfig(256)),
    new HttpInspectorProvider(),
    new ProxyProtocolProvider(new ProxyProtocolConfig { PassThrough = allTypes }),
    new ProxyProtocolProvider(new ProxyProtocolConfig { AllowWithout = true, AllowV1 = false, PassThrough = allTypes }),
];
ListenerFilterLab[] labs = [.. providers.Select(provider => new ListenerFilterLab(provider))];
return FuzzLoop.Run("Nuncio.Fuzz.ListenerFilters", args, ListenerFilterFuzz.Mutate, (input, seed) =>
{
    foreach (ListenerFilterLab lab in labs)
    {
        ListenerFilterFuzz.Check(lab, input, seed);
    }
});
