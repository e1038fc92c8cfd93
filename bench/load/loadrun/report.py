"""The report of a run: one table of medians with ratios, the machine, and every turn's values for those who doubt."""

import statistics

from datetime import date

import machine


def table(scenarios, peers, results):
    labels = {"nuncio": "Nuncio", "nginx": "nginx", "haproxy": "HAProxy", "yarp": "YARP"}
    columns = [key for key in labels if key == "nuncio" or key in {peer.key for peer in peers}]
    lines = [
        "| scenario | figure | " + " | ".join(labels[key] for key in columns) + " | ratio | goal | reached |",
        "| --- | --- |" + " ---: |" * (len(columns) + 1) + " --- | --- |",
    ]
    for scenario in scenarios:
        title = scenario.title
        for figure in scenario.figures:
            medians = results.medians(scenario.key, figure.key)
            if not medians:
                continue
            cells = [f"{medians[key]:,.{figure.digits}f}" if key in medians else "-" for key in columns]
            ratio, reached = figure.judge(medians)
            lines.append("| " + " | ".join([
                title, figure.label, *cells, "-" if ratio is None else f"{ratio:.2f}", figure.bound() or "-",
                {True: "yes", False: "no", None: "-"}[reached]]) + " |")
            title = ""
    return "\n".join(lines)


def document(scenarios, peers, absent, results, options):
    commit = machine.commit() + (" with local changes" if machine.has_local_changes() else "")
    lines = [f"# Load, {date.today()}, commit {commit}", ""]
    lines += [f"- {name}: {value}" for name, value in machine.description().items()]
    lines.append("- versions: " + ", ".join(f"{peer.label} {peer.version()}" for peer in peers))
    lines.append(f"- {options}")
    lines += [f"- not measured: {label}: {reason}" for label, reason in absent.items()]
    lines += [f"- failed: {failure}" for failure in results.failures]
    lines += ["", "Medians. A ratio is Nuncio's value divided by the better of its peers' (nginx and HAProxy; for TCP",
              "HAProxy alone); `docs/benchmarks.md` tells what each figure means.", ""]
    lines += [table(scenarios, peers, results), "", "## Every turn", ""]
    for scenario in scenarios:
        for peer in peers:
            figures = results.values.get(scenario.key, {}).get(peer.key)
            if not figures:
                continue
            lines.append(f"- {scenario.key}, {peer.label}")
            for key, values in figures.items():
                spread = (max(values) - min(values)) / statistics.median(values) if statistics.median(values) else 0
                lines.append(f"  - {key}: " + ", ".join(f"{value:.4g}" for value in values) + f" (spread {spread:.0%})")
    return "\n".join(lines) + "\n"


def target_file(folder):
    """bench/results/<date>-<commit>.md, numbered where that exists: a report is never written over."""
    folder.mkdir(parents=True, exist_ok=True)
    stem, number = f"{date.today()}-{machine.commit()}", 1
    while True:
        target = folder / (f"{stem}.md" if number == 1 else f"{stem}-{number}.md")
        if not target.exists():
            return target
        number += 1
