using Cairn.Ingestion;
using Cairn.Ingestion.Consumer;
using Cairn.Support;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Consumer;

public class Telling_how_far_partitions_are_stored
{
    static readonly StreamShape Shape = new("hub-1", 3);

    readonly FakeTimeProvider clock = new();
    readonly FaultyTableStore tables = new(new InMemoryTableStore());
    int writes;

    public Telling_how_far_partitions_are_stored() => tables.Decide = (_, isWrite) =>
    {
        if (isWrite) writes++;
        return BlobFault.None;
    };

    [Fact]
    public async Task Nobody_has_told_anything_of_a_new_stream() => Assert.Equal("-1 -1 -1", await ReadAsync());

    [Fact]
    public async Task Is_told_at_once_and_then_for_all_partitions_together_every_half_minute()
    {
        await using var places = new StoredPlaces(tables, clock);
        places.Note(Shape.StreamId, 0, 7);
        await ExpectAsync("7 -1 -1");
        for (var seq = 0; seq < 100; seq++) places.Note(Shape.StreamId, seq % 3, 100 + seq);
        clock.Advance(StoredPlaces.ToldEvery - TimeSpan.FromMilliseconds(1));
        Assert.Equal(1, writes);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        await ExpectAsync("199 197 198");
        Assert.Equal(2, writes);
    }

    [Fact]
    public async Task An_owner_of_before_that_comes_late_takes_nothing_back()
    {
        await using (var now = new StoredPlaces(tables, clock)) now.Note(Shape.StreamId, 1, 50);
        await using (var before = new StoredPlaces(tables, clock)) before.Note(Shape.StreamId, 1, 40);
        Assert.Equal("-1 50 -1", await ReadAsync());
    }

    [Fact]
    public async Task A_stop_tells_what_waits()
    {
        await using (var places = new StoredPlaces(tables, clock))
        {
            places.Note(Shape.StreamId, 2, 1);
            await ExpectAsync("-1 -1 1");
            places.Note(Shape.StreamId, 2, 2);
        }
        Assert.Equal("-1 -1 2", await ReadAsync());
    }

    [Fact]
    public async Task What_could_not_be_told_is_told_once_the_store_is_back()
    {
        await using var places = new StoredPlaces(tables, clock);
        tables.Decide = (_, _) => BlobFault.FailBefore;
        places.Note(Shape.StreamId, 0, 3);
        clock.Advance(StoredPlaces.ToldEvery);
        tables.Decide = (_, _) => BlobFault.None;
        clock.Advance(StoredPlaces.ToldEvery);
        await ExpectAsync("3 -1 -1");
    }

    [Fact]
    public async Task Another_stream_of_the_same_name_begins_anew()
    {
        await using (var places = new StoredPlaces(tables, clock)) places.Note("hub-2", 0, 9);
        Assert.Equal("-1 -1 -1", await ReadAsync());
    }

    async Task ExpectAsync(string places) => Assert.Equal(places, await Eventually.AsyncUntil(stored => stored == places, ReadAsync));

    /// <summary>The places of the three partitions.</summary>
    async Task<string> ReadAsync()
    {
        await using var reader = new StoredPlaces(tables, clock);
        return string.Join(' ', await reader.ReadAsync(Shape, default));
    }
}
