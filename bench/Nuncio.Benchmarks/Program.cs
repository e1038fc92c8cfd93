using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace Nuncio.Benchmarks;

/// <summary>Runs the micro-benchmarks named on the command line (<c>--filter '*Counter*'</c>; <c>--list flat</c> names them).</summary>
/// <remarks>
/// In process: a generated project of BenchmarkDotNet would inherit this repository's build rules and its artifacts folder, which
/// it does not expect. The iterations are fixed: a noisy machine would otherwise make BenchmarkDotNet try for minutes to reach a
/// precision that it cannot have. Every benchmark shows its allocations, because on the data plane the right number is none.
/// </remarks>
internal static class Program
{
    private static void Main(string[] args)
    {
        IConfig config = DefaultConfig.Instance
            .AddJob(Job.Default
                .WithToolchain(InProcessEmitToolchain.Instance)
                .WithWarmupCount(3)
                .WithIterationCount(12)
                .WithIterationTime(TimeInterval.FromMilliseconds(200)))
            .AddDiagnoser(MemoryDiagnoser.Default)
            .HideColumns(Column.Job, Column.Toolchain);
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, config);
    }
}
