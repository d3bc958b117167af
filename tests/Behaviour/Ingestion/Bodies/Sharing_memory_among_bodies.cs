using Cairn.Ingestion.Bodies;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Bodies;

/// <summary>Bodies in work share a fixed amount of memory, first come first served; nobody waits for ever.</summary>
public class Sharing_memory_among_bodies
{
    readonly FakeTimeProvider time = new();
    readonly BodyMemory memory;

    public Sharing_memory_among_bodies() => memory = new(time, maxArrivingBytes: 100, maxWorkingBytes: 100);

    [Fact]
    public async Task Lets_them_in_by_the_order_of_asking_however_small_the_next()
    {
        Assert.True(await memory.TakeAsync(60, default));
        var large = memory.TakeAsync(80, default).AsTask();
        var small = memory.TakeAsync(10, default).AsTask();
        Assert.False(large.IsCompleted || small.IsCompleted);
        memory.GiveBack(60);
        Assert.True(await large);
        Assert.True(await small);
    }

    [Fact]
    public async Task Gives_up_in_time_and_lets_the_next_one_in()
    {
        Assert.True(await memory.TakeAsync(60, default));
        var large = memory.TakeAsync(80, default).AsTask();
        time.Advance(BodyMemory.MaxWait / 2);
        var small = memory.TakeAsync(10, default).AsTask();
        time.Advance(BodyMemory.MaxWait / 2);
        Assert.False(await large);
        Assert.True(await small);
    }

    [Fact]
    public async Task Forgets_who_left()
    {
        using var leaving = new CancellationTokenSource();
        Assert.True(await memory.TakeAsync(100, default));
        var gone = memory.TakeAsync(50, leaving.Token).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        memory.GiveBack(100);
        Assert.True(await memory.TakeAsync(100, default));
    }

    [Fact]
    public async Task Has_room_for_one_that_is_larger_than_all_of_it()
    {
        Assert.True(await memory.TakeAsync(1_000, default));
        var next = memory.TakeAsync(1, default).AsTask();
        Assert.False(next.IsCompleted);
        memory.GiveBack(1_000);
        Assert.True(await next);
    }

    [Fact]
    public void Refuses_at_once_what_arrives_past_the_limit()
    {
        Assert.True(memory.TryArrive(100));
        Assert.False(memory.TryArrive(1));
        memory.Left(40);
        Assert.True(memory.TryArrive(40));
    }

    [Fact]
    public async Task Says_when_a_burst_is_over()
    {
        var told = 0;
        var shared = new BodyMemory(time, maxArrivingBytes: 100, maxWorkingBytes: 100, () => told++);
        Assert.True(shared.TryArrive(40));
        shared.Left(40);
        time.Advance(BodyMemory.Quiet);
        Assert.Equal(0, told); // that was none
        Assert.True(shared.TryArrive(60));
        Assert.True(await shared.TakeAsync(60, default));
        shared.Left(60);
        shared.GiveBack(60);
        time.Advance(BodyMemory.Quiet / 2);
        Assert.True(shared.TryArrive(1));
        time.Advance(BodyMemory.Quiet);
        Assert.Equal(0, told); // not yet: another came
        shared.Left(1);
        time.Advance(BodyMemory.Quiet);
        Assert.Equal(1, told);
        time.Advance(BodyMemory.Quiet);
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task Counts_right_however_they_come_and_go()
    {
        var random = new Random(7);
        var shared = new BodyMemory(TimeProvider.System, maxWorkingBytes: 1_000);
        long held = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => random.Next(1, 500)).ToList().Select(async bytes =>
        {
            await Task.Yield();
            Assert.True(await shared.TakeAsync(bytes, default));
            var now = Interlocked.Add(ref held, bytes);
            for (var seen = Volatile.Read(ref most); now > seen && Interlocked.CompareExchange(ref most, now, seen) != seen; seen = Volatile.Read(ref most)) { }
            await Task.Yield();
            Interlocked.Add(ref held, -bytes);
            shared.GiveBack(bytes);
        }));
        // How many meet depends on the machine; that they never hold more than there is does not.
        Assert.InRange(most, 1, 1_000);
        Assert.True(await shared.TakeAsync(1_000, default));
    }
}
