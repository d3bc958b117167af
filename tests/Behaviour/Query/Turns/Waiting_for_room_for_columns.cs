using Cairn.Query.Turns;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Query.Turns;

/// <summary>Reports at work never hold more columns than there is memory for; those that wait are let in lightest first, and nobody waits for ever.</summary>
public class Waiting_for_room_for_columns
{
    readonly FakeTimeProvider clock = new();

    [Fact]
    public async Task A_column_that_several_read_is_taken_once()
    {
        var room = new ColumnRoom(100, clock);
        using var first = await room.TakeAsync(Needs(("a", 60), ("b", 40)), default);
        using var second = await room.TakeAsync(Needs(("a", 60)), default);
        Assert.Equal(100, room.Bytes);
        first.Dispose();
        Assert.Equal(60, room.Bytes);
        second.Dispose();
        second.Dispose();
        Assert.Equal(0, room.Bytes);
    }

    [Fact]
    public async Task Who_finds_no_room_waits_and_lighter_ones_pass_by()
    {
        var room = new ColumnRoom(100, clock);
        var first = await room.TakeAsync(Needs(("a", 60)), default);
        var heavy = room.TakeAsync(Needs(("b", 90)), default).AsTask();
        using (await room.TakeAsync(Needs(("c", 40)), default)) Assert.False(heavy.IsCompleted);
        using (await room.TakeAsync(Needs(("a", 60)), default)) Assert.Equal(60, room.Bytes);
        var (larger, smaller) = (room.TakeAsync(Needs(("d", 50)), default).AsTask(), room.TakeAsync(Needs(("e", 45)), default).AsTask());
        first.Dispose();
        using (await smaller)
        using (await larger)
            Assert.False(heavy.IsCompleted);
        (await heavy).Dispose();
        Assert.Equal(0, room.Bytes);
    }

    [Fact]
    public async Task Whoever_needs_much_is_passed_by_for_a_while_only()
    {
        var room = new ColumnRoom(100, clock);
        var first = await room.TakeAsync(Needs(("a", 60)), default);
        var heavy = room.TakeAsync(Needs(("b", 90)), default).AsTask();
        clock.Advance(ColumnRoom.Patience);
        var light = room.TakeAsync(Needs(("c", 20)), default).AsTask();
        Assert.False(light.IsCompleted);
        first.Dispose();
        (await heavy).Dispose();
        (await light).Dispose();
    }

    [Fact]
    public async Task One_report_alone_has_room_whatever_it_needs()
    {
        var room = new ColumnRoom(100, clock);
        using (await room.TakeAsync(Needs(("a", 1_000)), default)) Assert.Equal(1_000, room.Bytes);
        Assert.Equal(0, room.Bytes);
    }

    [Fact]
    public async Task Who_leaves_the_line_holds_up_nobody()
    {
        var room = new ColumnRoom(100, clock);
        var first = await room.TakeAsync(Needs(("a", 60)), default);
        using var leaving = new CancellationTokenSource();
        var left = room.TakeAsync(Needs(("b", 90)), leaving.Token).AsTask();
        var other = room.TakeAsync(Needs(("c", 50)), default).AsTask();
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        first.Dispose();
        (await other).Dispose();
        Assert.Equal(0, room.Bytes);
    }

    static Dictionary<string, long> Needs(params (string Column, long Bytes)[] needs) => needs.ToDictionary(one => one.Column, one => one.Bytes, StringComparer.Ordinal);
}
