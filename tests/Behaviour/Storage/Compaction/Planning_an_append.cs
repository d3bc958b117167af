using System.Globalization;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Stores;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

public class Planning_an_append
{
    static readonly int Runs = FullRun.Count(300, 10_000);

    [Theory] // files as partition:first-last, watermarks as partition:seq; what is taken, and after which message it counts
    [InlineData("0:0-9 0:10-19", "", "0:0-9 0:10-19>9")]
    [InlineData("0:0-9 0:10-19", "0:9", "0:10-19>9")]
    [InlineData("0:0-9 0:10-19", "0:14", "0:10-19>14")] // redelivered with other borders after it was compacted
    [InlineData("0:0-9 0:5-14", "", "0:0-9 0:5-14>9")]
    [InlineData("0:0-9 0:0-4 0:5-9", "", "0:0-4 0:0-9>4")] // the third brings nothing new
    [InlineData("0:10-19 0:0-9", "", "0:0-9 0:10-19>9")]
    [InlineData("0:0-9 0:30-39", "", "0:0-9 0:30-39>9")] // batches in between had nothing of this project
    [InlineData("0:0-9 1:0-9 0:10-19", "1:9", "0:0-9 0:10-19>9")]
    [InlineData("0:0-9 0:10-19 1:0-9 1:10-19", "", "0:0-9 1:0-9 0:10-19>9 1:10-19>9")] // partitions take turns
    [InlineData("0:0-9", "0:9", "")]
    public void Takes_what_the_table_lacks_in_the_streams_order(string files, string watermarks, string taken)
    {
        var places = watermarks.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(place => place.Split(':')).ToDictionary(place => $"hub-{place[0]}", place => long.Parse(place[1], CultureInfo.InvariantCulture));
        var plan = AppendPlanner.Plan(files.Split(' ').Select(file => File(file)), appId => places.TryGetValue(appId, out var seq) ? seq : null, 1 << 20, 100);
        Assert.Equal(taken, string.Join(' ', plan.Sources.Select(source =>
            $"{source.File.Name.Partition}:{source.File.Name.FirstSeq}-{source.File.Name.LastSeq}" + (source.AfterSeq < 0 ? "" : $">{source.AfterSeq}"))));
        Assert.False(plan.HasMore);
    }

    [Fact]
    public void Stops_at_its_limits_and_says_that_there_is_more()
    {
        var files = Enumerable.Range(0, 10).Select(batch => File($"{batch % 2}:{batch * 10}-{(batch * 10) + 9}", bytes: 100)).ToList();
        Assert.Equal((3, true), Size(AppendPlanner.Plan(files, _ => null, 350, 100)));
        Assert.Equal((4, true), Size(AppendPlanner.Plan(files, _ => null, 10_000, 4)));
        Assert.Equal((1, true), Size(AppendPlanner.Plan(files, _ => null, 1, 100))); // one that is larger than the limit is taken alone
        Assert.Equal((10, false), Size(AppendPlanner.Plan(files, _ => null, 1_000, 10)));
        Assert.Equal((2, true), Size(AppendPlanner.Plan(files, _ => null, 10_000, 100).CutTo(50, [20, 30, 1, 1, 1, 1, 1, 1, 1, 1])));
        Assert.Equal((1, true), Size(AppendPlanner.Plan(files, _ => null, 10_000, 100).CutTo(5, [20, 30, 1, 1, 1, 1, 1, 1, 1, 1])));
        Assert.Equal((10, false), Size(AppendPlanner.Plan(files, _ => null, 10_000, 100).CutTo(58, [20, 30, 1, 1, 1, 1, 1, 1, 1, 1])));
    }

    /// <summary>Messages of two partitions, batches of any borders and any redelivery, taken under any limits: every message once, in order, none left out.</summary>
    [Fact]
    public void Takes_every_message_once_whatever_the_batches() => Prop.ForAll(Histories().ToArbitrary(), history =>
    {
        var watermarks = new Dictionary<string, long>(StringComparer.Ordinal);
        var taken = new List<(string AppId, long Seq)>();
        for (var (append, limit) = (0, 0); ; append++)
        {
            limit = history.Limits[append % history.Limits.Length];
            var plan = AppendPlanner.Plan(history.Files, appId => watermarks.TryGetValue(appId, out var seq) ? seq : null, limit * 100, 1 + (limit % 3));
            if (append % 2 == 1) plan = plan.CutTo(limit, [.. plan.Sources.Select(source => (int)(source.File.Name.LastSeq - source.File.Name.FirstSeq + 1))]);
            if (plan.Sources.Count == 0) break;
            foreach (var source in plan.Sources)
                for (var seq = Math.Max(source.AfterSeq + 1, source.File.Name.FirstSeq); seq <= source.File.Name.LastSeq; seq++) taken.Add((source.File.AppId, seq));
            foreach (var place in plan.Places)
            {
                Assert.True(place.Version > watermarks.GetValueOrDefault(place.AppId, long.MinValue));
                watermarks[place.AppId] = place.Version;
            }
        }
        foreach (var partition in history.Files.GroupBy(file => file.AppId))
        {
            var expected = partition.SelectMany(file => Range(file.Name.FirstSeq, file.Name.LastSeq)).Distinct().Order();
            Assert.Equal(expected, taken.Where(row => row.AppId == partition.Key).Select(row => row.Seq));
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(Runs));

    [Fact]
    public async Task A_file_that_a_listing_missed_keeps_those_after_it_waiting()
    {
        var blobs = new InMemoryBlobStore();
        await blobs.PutAsync(File("0:10-19").Blob.Name, new byte[1], PutCondition.None, default);
        var faulty = new FaultyBlobStore(blobs);
        var listings = 0;
        faulty.Decide = (call, _) =>
        {
            // The consumer stores two more batches; the listing under way has passed the first one's place and not the second's.
            if (call == BlobCall.List && ++listings == 2)
                foreach (var late in new[] { "0:20-29", "0:30-39" }) blobs.PutAsync(File(late).Blob.Name, new byte[1], PutCondition.None, default).Wait();
            return BlobFault.None;
        };
        var files = await RecentListing.ReadAsync(faulty, "p1", RowLayout.Events, default);
        Assert.Equal([File("0:10-19").Blob.Name], files.Select(file => file.Blob.Name));
        Assert.Equal(3, (await RecentListing.ReadAsync(faulty, "p1", RowLayout.Events, default)).Count);
    }

    [Fact]
    public async Task Of_a_backlog_the_first_files_of_each_partition_are_listed_and_the_others_counted()
    {
        var blobs = new InMemoryBlobStore();
        foreach (var file in new[] { "0:0-9", "0:10-19", "0:20-29", "0:30-39", "1:0-4", "1:5-9", "1:10-14" }) await blobs.PutAsync(File(file).Blob.Name, new byte[3], PutCondition.None, default);
        var taken = File("0:0-9").AppId;
        var recent = await RecentListing.ReadAsync(blobs, "p1", RowLayout.Events, appId => appId == taken ? 9 : null, 2, default);
        // What the table has is listed as well: it is to be deleted one day.
        Assert.Equal(new[] { "0:0-9", "0:10-19", "0:20-29", "1:0-4", "1:5-9" }.Select(file => File(file).Blob.Name), recent.Files.Select(file => file.Blob.Name));
        Assert.Equal((2, 6L), (recent.MoreFiles, recent.MoreBytes));
    }

    sealed record History(ListedRecentFile[] Files, int[] Limits)
    {
        public override string ToString() => string.Join(' ', Files.Select(file => $"{file.Name.Partition}:{file.Name.FirstSeq}-{file.Name.LastSeq}")) + " limits " + string.Join(' ', Limits);
    }

    static Gen<History> Histories() =>
        from partitions in Gen.ListOf(Batches(), 2)
        let files = partitions.SelectMany((batches, partition) => batches.Select(batch => File($"{partition}:{batch.First}-{batch.Last}", 100)))
        from shuffled in Gen.Shuffle(files.ToArray())
        from limits in Gen.NonEmptyListOf(Gen.Choose(1, 12))
        select new History(shuffled, [.. limits]);

    /// <summary>Batches that follow one another, some redelivered from an earlier message on, some without a row of the project.</summary>
    static Gen<List<(long First, long Last)>> Batches() =>
        from steps in Gen.ListOf(Gen.Zip(Gen.Choose(1, 8), Gen.Choose(0, 9)))
        select steps.Aggregate((Next: 0L, Batches: new List<(long, long)>()), (state, step) =>
        {
            var first = step.Item2 < 3 ? Math.Max(0, state.Next - (step.Item2 * 4)) : state.Next;
            var last = first + step.Item1 - 1;
            if (step.Item2 != 9) state.Batches.Add((first, last));
            return (Math.Max(state.Next, last + 1), state.Batches);
        }).Batches;

    static IEnumerable<long> Range(long first, long last)
    {
        for (var seq = first; seq <= last; seq++) yield return seq;
    }

    static (int Count, bool HasMore) Size(AppendPlan plan) => (plan.Sources.Count, plan.HasMore);

    static ListedRecentFile File(string text) => File(text, 1);

    static ListedRecentFile File(string text, long bytes)
    {
        var parts = text.Split(':', '-');
        var name = new RecentFileName("p1", RowLayout.Events, "hub", int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), long.Parse(parts[2], CultureInfo.InvariantCulture));
        return new(name, new(name.WithUnique("0"), bytes, "1", default));
    }
}
