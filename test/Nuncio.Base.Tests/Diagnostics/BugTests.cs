using Nuncio.Base.Diagnostics;

namespace Nuncio.Base.Tests.Diagnostics;

/// <summary>The switches are the process's: these tests do not run beside each other.</summary>
[Collection(nameof(BugTests))]
public sealed class BugTests : IDisposable
{
    public void Dispose()
    {
        Bug.ThrowOnReport = false;
        Bug.Reported = null;
    }

    [Fact]
    public void Reported_IsCountedEveryTimeAndLoggedOnce()
    {
        Bug.ThrowOnReport = false;
        List<string> log = [];
        Bug.Reported = log.Add;
        long before = Bug.Count;
        for (int i = 0; i < 3; i++)
        {
            Bug.Report("the sky fell");
        }

        Assert.Equal(3, Bug.Count - before);
        Assert.StartsWith("bug: the sky fell (BugTests.cs:", Assert.Single(log), StringComparison.Ordinal);
    }

    [Fact]
    public void ThrowOnReport_Throws()
    {
        Bug.ThrowOnReport = true;
        Assert.Throws<InvalidOperationException>(() => Bug.Report("the sky fell"));
    }
}
