using Cairn.Storage.Compaction;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

public class Deleting_recent_files
{
    static readonly TimeSpan Kept = TimeSpan.FromMinutes(10);
    static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_file_goes_ten_minutes_after_the_table_was_seen_past_it()
    {
        var passed = PassedPlaces.None.With(Places(("hub-0", 9)), Start, Kept);
        Assert.Empty(Deletable(passed, Start + Kept - TimeSpan.FromMilliseconds(1)));
        Assert.Equal(["0:0-9"], Deletable(passed, Start + Kept));
    }

    [Fact]
    public void A_table_that_moves_all_the_time_lets_its_files_go_all_the_same()
    {
        var passed = PassedPlaces.None;
        for (var minute = 0; minute < 60; minute++)
        {
            passed = passed.With(Places(("hub-0", (minute * 10) + 9)), Start.AddMinutes(minute), Kept);
            var gone = Deletable(passed, Start.AddMinutes(minute), Enumerable.Range(0, 60).Select(batch => File(0, batch * 10, (batch * 10) + 9)));
            Assert.Equal(Math.Max(0, minute - 9), gone.Count);
            Assert.InRange(passed.Marks.Count, 1, 12);
        }
    }

    [Fact]
    public void A_file_that_reaches_past_the_place_stays()
    {
        var passed = PassedPlaces.None.With(Places(("hub-0", 14)), Start, Kept);
        Assert.Equal(["0:0-9"], Deletable(passed, Start.AddDays(1)));
    }

    [Fact]
    public void Each_partition_has_its_own_places()
    {
        var passed = PassedPlaces.None.With(Places(("hub-0", 9)), Start, Kept).With(Places(("hub-0", 9), ("hub-1", 100)), Start.AddMinutes(5), Kept);
        Assert.Equal(["0:0-9"], Deletable(passed, Start.AddMinutes(10)));
        Assert.Equal(["0:0-9", "1:0-9"], Deletable(passed, Start.AddMinutes(15)));
    }

    [Fact]
    public void Nothing_new_leaves_the_same_object()
    {
        var passed = PassedPlaces.None.With(Places(("hub-0", 9)), Start, Kept);
        Assert.Same(passed, passed.With(Places(("hub-0", 9)), Start.AddMinutes(1), Kept));
        Assert.Same(passed, passed.With(Places(("hub-0", 9)), Start.AddHours(1), Kept));
    }

    static List<string> Deletable(PassedPlaces passed, DateTimeOffset now, IEnumerable<ListedRecentFile>? files = null) =>
        [.. passed.Deletable(files ?? [File(0, 0, 9), File(0, 10, 19), File(1, 0, 9)], now, Kept).Select(file => $"{file.Name.Partition}:{file.Name.FirstSeq}-{file.Name.LastSeq}")];

    static ListedRecentFile File(int partition, long first, long last) => new(new("p1", RowLayout.Events, "hub", partition, first, last), new("n", 1, "1", default));

    static Dictionary<string, long> Places(params (string AppId, long Seq)[] places) => places.ToDictionary(place => place.AppId, place => place.Seq);
}
