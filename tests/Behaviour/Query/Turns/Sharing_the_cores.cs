using System.Diagnostics;
using Cairn.Query.Turns;
using Xunit;

namespace Cairn.Behaviour.Query.Turns;

/// <summary>However many heavy reports are asked at once, a light one gets a core soon, and no project keeps another waiting.</summary>
public class Sharing_the_cores
{
    [Fact]
    public async Task A_light_report_is_done_while_fifty_heavy_ones_go_on()
    {
        var turns = new ReportTurns(cores: 2, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var heavy = Enumerable.Range(0, 50).Select(_ => WorkAsync(turns, "p", stop.Token, until: worker => false)).ToArray();
        try
        {
            await Task.Delay(100);
            for (var light = 0; light < 5; light++)
            {
                var since = Stopwatch.GetTimestamp();
                var looks = 0;
                await WorkAsync(turns, "p", CancellationToken.None, until: _ => ++looks == 3);
                Assert.InRange(Stopwatch.GetElapsedTime(since).TotalMilliseconds, 0, 5_000);
            }
            Assert.All(heavy, report => Assert.False(report.IsCompleted));
        }
        finally
        {
            await stop.CancelAsync();
        }
        foreach (var report in heavy) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => report);
    }

    [Fact]
    public async Task No_more_workers_compute_at_once_than_there_are_cores()
    {
        var turns = new ReportTurns(cores: 3, TimeProvider.System);
        int computing = 0, most = 0;
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(report => Thread(turns, $"p{report % 4}", turn =>
        {
            for (var i = 0; i < 20; i++)
            {
                turn.Take();
                lock (gate) most = Math.Max(most, ++computing);
                System.Threading.Thread.Sleep(1);
                lock (gate) computing--;
                turn.Give();
            }
        })));
        Assert.InRange(most, 2, 3);
    }

    [Fact]
    public async Task A_project_with_one_report_gets_as_many_cores_as_one_with_many()
    {
        var turns = new ReportTurns(cores: 1, TimeProvider.System);
        using var stop = new CancellationTokenSource();
        var slices = new int[2];
        var many = Enumerable.Range(0, 10).Select(_ => WorkAsync(turns, "many", stop.Token, until: _ => Count(0))).ToArray();
        var one = WorkAsync(turns, "one", stop.Token, until: _ => Count(1) && slices[1] >= 2_000);
        await Task.WhenAny(one, Task.Delay(TimeSpan.FromSeconds(30)));
        var (ofMany, ofOne) = (Volatile.Read(ref slices[0]), Volatile.Read(ref slices[1]));
        await stop.CancelAsync();
        foreach (var report in many) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => report);
        // Ten reports of one project together have about the other's share, not ten times as much; a loaded machine blurs it.
        Assert.True(ofOne > 0 && ofMany < 4 * ofOne, $"one report of a project looked around {ofOne} times, ten of another {ofMany} times");

        bool Count(int project) => Interlocked.Increment(ref slices[project]) > 0 && project == 1 && slices[1] >= 2_000;
    }

    [Fact]
    public async Task Who_has_left_stops_within_a_slice_and_gives_the_core_back()
    {
        var turns = new ReportTurns(cores: 1, TimeProvider.System);
        using var leaves = new CancellationTokenSource();
        var gone = WorkAsync(turns, "p", leaves.Token, until: _ => false);
        await Task.Delay(20);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        await WorkAsync(turns, "p", CancellationToken.None, until: _ => true);
    }

    [Fact]
    public async Task Past_the_limits_reports_wait_in_line_and_then_hear_to_come_again()
    {
        var line = new ReportLine(maxAtOnce: 3, maxOfProject: 2, maxWaiting: 3);
        await line.EnterAsync("a", CancellationToken.None);
        await line.EnterAsync("a", CancellationToken.None);
        var a3 = line.EnterAsync("a", CancellationToken.None).AsTask();
        Assert.False(a3.IsCompleted);
        // Another project is not kept by the one that has its share.
        await line.EnterAsync("b", CancellationToken.None);
        var b2 = line.EnterAsync("b", CancellationToken.None).AsTask();
        using var leaves = new CancellationTokenSource();
        var a4 = line.EnterAsync("a", leaves.Token).AsTask();
        await Assert.ThrowsAsync<ReportsBusyException>(() => line.EnterAsync("c", CancellationToken.None).AsTask());

        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => a4);
        var c1 = line.EnterAsync("c", CancellationToken.None).AsTask();
        line.Leave("b");
        await b2;
        Assert.False(a3.IsCompleted || c1.IsCompleted);
        line.Leave("b");
        await c1;
        line.Leave("a");
        await a3;
    }

    /// <summary>A report of one worker that looks around without end, or until it has seen enough.</summary>
    static async Task WorkAsync(ReportTurns turns, string project, CancellationToken cancellationToken, Func<WorkerTurn, bool> until)
    {
        using var report = await turns.BeginAsync(project, cancellationToken);
        await Task.Factory.StartNew(
            () =>
            {
                using var turn = report.Hire();
                turn.Take();
                try
                {
                    do
                    {
                        System.Threading.Thread.SpinWait(2_000);
                        turn.Pause();
                    }
                    while (!until(turn));
                }
                finally
                {
                    turn.Give();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    static async Task Thread(ReportTurns turns, string project, Action<WorkerTurn> work)
    {
        using var report = await turns.BeginAsync(project, CancellationToken.None);
        await Task.Factory.StartNew(
            () =>
            {
                using var turn = report.Hire();
                work(turn);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }
}
