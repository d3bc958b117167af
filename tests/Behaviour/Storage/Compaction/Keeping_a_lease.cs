using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Support;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

public class Keeping_a_lease
{
    const string Name = "leases/compaction";

    readonly FakeTimeProvider clock = new();
    readonly FaultyBlobStore blobs;

    public Keeping_a_lease() => blobs = new(new InMemoryBlobStore(clock));

    [Fact]
    public async Task One_at_a_time_and_the_next_when_it_is_done()
    {
        await using (var first = await TakeAsync())
        {
            Assert.NotNull(first);
            Assert.Null(await TakeAsync());
        }
        await using var next = await TakeAsync();
        Assert.NotNull(next);
    }

    [Fact]
    public async Task It_is_renewed_for_as_long_as_the_work_takes()
    {
        await using var kept = await TakeAsync();
        await PassAsync(TimeSpan.FromMinutes(10));
        Assert.False(kept!.Working.IsCancellationRequested);
        Assert.Null(await TakeAsync());
    }

    [Fact]
    public async Task A_holder_that_lost_it_is_told_to_stop()
    {
        await using var kept = await TakeAsync();
        // The machine slept: the lease ended, and another took it.
        clock.Advance(KeptLease.Duration + TimeSpan.FromSeconds(1));
        await using var other = await blobs.TryLeaseAsync(Name, KeptLease.Duration, default);
        if (other is null) return;
        await PassAsync(KeptLease.Duration);
        Assert.True(await Eventually.AsyncUntil(isTold => isTold, () => Task.FromResult(kept!.Working.IsCancellationRequested)));
    }

    [Fact]
    public async Task The_callers_token_stops_the_work()
    {
        using var stop = new CancellationTokenSource();
        await using var kept = await KeptLease.TryTakeAsync(blobs, Name, clock, stop.Token);
        await stop.CancelAsync();
        Assert.True(kept!.Working.IsCancellationRequested);
    }

    Task<KeptLease?> TakeAsync() => KeptLease.TryTakeAsync(blobs, Name, clock, default);

    /// <summary>Lets time pass in steps, so that renewals come in between.</summary>
    async Task PassAsync(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(5))
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Delay(5);
        }
    }
}
