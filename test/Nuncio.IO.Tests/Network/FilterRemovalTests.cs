using Nuncio.IO.Network;
using Nuncio.Testing.Network;

namespace Nuncio.IO.Tests.Network;

/// <summary>Read filters that take themselves out within their own callbacks: the others are called as if they had never been.</summary>
public sealed class FilterRemovalTests
{
    private readonly Recorder _last = new();

    [Theory]
    [InlineData(true, true, 0, 0)]
    [InlineData(true, false, 0, 1)]
    [InlineData(false, true, 1, 0)]
    public void FiltersLeaveOnNewConnection_TheOthersAreStillCalled(bool firstLeaves, bool secondLeaves, int firstData, int secondData)
    {
        Leaver first = new() { LeavesOnNew = firstLeaves };
        Leaver second = new() { LeavesOnNew = secondLeaves };
        using ConnectionFixture fixture = Fixture(first, second);
        SimulatedPeer peer = fixture.Connect();
        Assert.Equal((1, 1), (first.NewCalls, second.NewCalls));
        Assert.Equal(["new"], _last.Events);
        peer.Write("hello");
        fixture.Loop.RunUntilIdle();
        Assert.Equal((firstData, secondData), (first.DataCalls, second.DataCalls));
        Assert.Equal("hello", _last.Received);
    }

    [Fact]
    public void FiltersLeaveOnData_TheBytesGoOnToTheRest()
    {
        Leaver first = new() { LeavesOnData = true };
        Leaver second = new() { LeavesOnData = true };
        using ConnectionFixture fixture = Fixture(first, second);
        SimulatedPeer peer = fixture.Connect();
        peer.Write("one");
        fixture.Loop.RunUntilIdle();
        Assert.Equal("one", _last.Received);
        peer.Write("two");
        fixture.Loop.RunUntilIdle();
        Assert.Equal((1, 1), (first.DataCalls, second.DataCalls));
        Assert.Equal("onetwo", _last.Received);
    }

    [Fact]
    public void FilterLeavesWhenToldLate_TheOnesBehindItAreToldToo()
    {
        Leaver first = new() { NewConnectionStatus = FilterStatus.StopIteration };
        Leaver second = new() { LeavesOnNew = true };
        using ConnectionFixture fixture = Fixture(first, second);
        SimulatedPeer peer = fixture.Connect();
        Assert.Equal(0, second.NewCalls);
        fixture.Connection.ContinueReading();
        Assert.Equal(1, second.NewCalls);
        Assert.Equal(["new"], _last.Events);
        peer.Write("hello");
        fixture.Loop.RunUntilIdle();
        Assert.Equal("hello", _last.Received);
    }

    /// <summary>Behind the fixture's own filter, which lets everything pass.</summary>
    private ConnectionFixture Fixture(params Leaver[] leavers)
    {
        ConnectionFixture fixture = null!;
        fixture = new ConnectionFixture(connection =>
        {
            fixture.Recorder.TakesData = false;
            fixture.Recorder.DataStatus = FilterStatus.Continue;
            foreach (Leaver leaver in leavers)
            {
                connection.AddReadFilter(leaver);
            }

            connection.AddReadFilter(_last);
        });
        return fixture;
    }

    private sealed class Leaver : IReadFilter
    {
        private Connection _connection = null!;

        internal bool LeavesOnNew { get; init; }

        internal bool LeavesOnData { get; init; }

        internal FilterStatus NewConnectionStatus { get; init; } = FilterStatus.Continue;

        internal int NewCalls { get; private set; }

        internal int DataCalls { get; private set; }

        public void OnInitialize(Connection connection) => _connection = connection;

        public FilterStatus OnNewConnection()
        {
            NewCalls++;
            if (LeavesOnNew)
            {
                _connection.RemoveReadFilter(this);
            }

            return NewConnectionStatus;
        }

        public FilterStatus OnData(Buffer data, bool endStream)
        {
            DataCalls++;
            if (LeavesOnData)
            {
                _connection.RemoveReadFilter(this);
            }

            return FilterStatus.Continue;
        }
    }
}
