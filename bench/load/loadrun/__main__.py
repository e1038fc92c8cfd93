"""Nuncio beside its peers: finds them, runs the scenarios, prints one table and writes the report."""

import argparse
import shutil
import signal
import sys
import tempfile
import time

from pathlib import Path

import machine
import report

from figures import Results
from peers import HaProxy, Nginx, Nuncio, Unavailable, Yarp
from scenarios import SCENARIOS, Context


def arguments():
    names = ", ".join(scenario.key for scenario in SCENARIOS)
    parser = argparse.ArgumentParser(
        prog="bench/load/run", formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Measures Nuncio beside nginx, HAProxy and YARP. The proxy has one core, the load another.",
        epilog=f"scenarios: {names}\n(all of them without a name)\n\n"
               "Takes about 12 minutes in full; --quick takes 3 and is good for a look, not for a claim.")
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help="names of scenarios to run")
    parser.add_argument("--turns", type=int, metavar="N", help="turns of each proxy in each scenario (7; quick: 3)")
    parser.add_argument("--seconds", type=float, metavar="S", help="length of a turn (3; quick: 2)")
    parser.add_argument("--only", metavar="NAMES", help="proxies to run, of: nuncio,nginx,haproxy,yarp")
    parser.add_argument("--quick", action="store_true", help="shorter turns, fewer of them, fewer idle connections")
    parser.add_argument("--nuncio", metavar="PATH", help="the binary to measure (the tree's release build)")
    parser.add_argument("--output", metavar="FILE", type=Path, help="where the report goes (bench/results/<date>-<commit>.md)")
    options = parser.parse_args()
    known = {scenario.key for scenario in SCENARIOS}
    for name in options.scenarios:
        if name not in known:
            parser.error(f"no scenario {name}; there are: {names}")
    options.turns = options.turns or (3 if options.quick else 7)
    options.seconds = options.seconds or (2 if options.quick else 3)
    return options, parser


def choose_peers(options, parser):
    every = {peer.key: peer for peer in (Nuncio(options.nuncio), Nginx(), HaProxy(), Yarp())}
    names = options.only.split(",") if options.only else list(every)
    for name in names:
        if name not in every:
            parser.error(f"no proxy {name}; there are: {', '.join(every)}")
    found, absent = [], {}
    for peer in (every[name] for name in every if name in names):
        try:
            peer.locate()
            found.append(peer)
        except Unavailable as reason:
            absent[peer.label] = str(reason)
            say(f"{peer.label}: not available: {reason}")
    return found, absent


def say(text):
    print(text, flush=True)


def end(number, _):
    # As an exception, so that every `with` block ends its process.
    raise SystemExit(128 + number)


def main():
    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGHUP, end)
    options, parser = arguments()
    if machine.core_count() < 2:
        say("note: one core only, the proxy shares it with the load; take the figures as a smoke test")
    for needed in ("wrk", "nginx"):
        if not shutil.which(needed):
            sys.exit(f"bench/load/run needs {needed} (eng/peers installs it)")
    scenarios = [scenario for scenario in SCENARIOS if not options.scenarios or scenario.key in options.scenarios]
    peers, absent = choose_peers(options, parser)
    results, began = Results(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="nuncio-load-") as folder, \
            tempfile.TemporaryDirectory(prefix="nuncio-load-", dir="/dev/shm") as shared_memory:
        for place in (folder, shared_memory):
            # nginx's worker runs as another user when it is started by root.
            Path(place).chmod(0o755)
        for number, scenario in enumerate(scenarios):
            say(f"{scenario.key}: {scenario.title}")
            own = Path(folder) / f"{number}-{scenario.key}"
            own.mkdir(mode=0o755)
            scenario.run(Context(peers, options.turns, options.seconds, options.quick, machine.Ports(), own,
                                 Path(shared_memory), results, say))
    minutes = (time.monotonic() - began) / 60
    settings = f"turns: {options.turns} of {options.seconds:g} s for each proxy, taken alternately" \
               f"{' (quick)' if options.quick else ''}; {minutes:.0f} minutes"
    target = options.output or report.target_file(machine.ROOT / "bench/results")
    target.write_text(report.document(scenarios, peers, absent, results, settings))
    say("")
    say(report.table(scenarios, peers, results))
    say(f"\nwritten to {target}")
    sys.exit(1 if results.failures else 0)


if __name__ == "__main__":
    main()
