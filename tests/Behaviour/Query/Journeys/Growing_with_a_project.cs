using System.Text;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Journeys;
using Cairn.Query.Scanning;
using Cairn.Storage.Profiles;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.Journeys;

/// <summary>What was laid out once stays right while names, files, links and properties come after it.</summary>
public class Growing_with_a_project : IRowSnapshots, IPeopleSource
{
    static readonly DateTimeOffset Start = new(2025, 3, 1, 0, 0, 0, TimeSpan.Zero);
    static readonly ReportProject Project = new("p", IdentityMode.Simplified, DateTimeZone.Utc);

    readonly InMemoryRowFiles files = new();
    readonly HashSet<string> deleted = [];
    readonly List<RowFile> parts = [];
    readonly IdentityFold fold = new(IdentityMode.Simplified);
    readonly ReportReader reader;
    int fileCount, claimCount;

    public Growing_with_a_project() => reader = new(new StoredEvents(this), this, new ColumnCache(1 << 24));

    [Theory]
    [InlineData(100)]
    [InlineData(255)] // the last names that fit one byte
    [InlineData(256)]
    [InlineData(300)]
    public async Task A_new_name_is_found_where_it_is_and_nowhere_else(int names)
    {
        Add(Enumerable.Range(0, 4_000).Select(row => Event($"e{row % 50}", $"u{row}", row)));
        Assert.Equal(80, await CountAsync("e0"));
        Add(Enumerable.Range(50, names - 50).Select(name => Event($"e{name}", "new", name)));
        foreach (var name in new[] { 50, names / 2 + 25, names - 1 }) Assert.Equal(1, await CountAsync($"e{name}"));
    }

    [Fact]
    public async Task A_property_is_read_first_after_a_file_of_the_layout_is_gone()
    {
        Add(Enumerable.Range(0, 4_000).Select(row => Event("view", $"u{row}", row)));
        Add([Event("buy", "u1", 5_000, """{"plan": "pro"}""")]);
        Assert.Equal(1, await CountAsync("buy"));
        var moved = parts[1];
        parts.RemoveAt(1);
        Add([Event("buy", "u1", 5_000, """{"plan": "pro"}""")]);
        Assert.Equal(1, await CountAsync("buy"));
        deleted.Add(moved.Name);
        Assert.Equal(1, await CountAsync("buy", "properties[\"plan\"] == \"pro\""));
    }

    [Fact]
    public async Task A_person_who_gets_some_of_anothers_rows_stands_in_one_place()
    {
        Add(Enumerable.Range(0, 4_000).Select(row => Event("view", $"u{row}", row)));
        Claim(LinkRule.ByHand, "u8", "u9");
        Claim(LinkRule.ByHand, "u1", "u2");
        Assert.Equal(3_998, await PeopleAsync());
        Claim(LinkRule.Undone, "u1", "u2");
        Claim(LinkRule.ByHand, "u8", "u2");
        Assert.Equal(3_998, await PeopleAsync());
    }

    [Fact]
    public async Task A_user_whom_a_device_turns_out_to_have_had_stands_in_one_place()
    {
        var anonymous = Event("view", "", 5_000) with { Dialect = Dialect.Amplitude, DeviceId = "d"u8.ToArray() };
        Add([.. Enumerable.Range(0, 4_000).Select(row => Event("view", $"u{row}", row)), anonymous]);
        Claim(LinkRule.AmplitudeDeviceAndUser, "u1", "$device:d");
        Assert.Equal(4_000, await PeopleAsync());
        Claim(LinkRule.AmplitudeDeviceAndUser, "u2", "$device:d");
        Assert.Equal(4_000, await PeopleAsync());
    }

    [Fact]
    public async Task A_property_may_stand_in_a_column_of_one_file_and_among_the_rest_of_another()
    {
        var many = string.Join(", ", Enumerable.Range(0, RowLayout.MaxPropertyColumns).Select(number => $"\"p{number}\": 1"));
        Add([Event("view", "u1", 0, $$"""{ {{many}} }"""), Event("view", "u2", 1, """{"plan": "pro"}""")]);
        Add([Event("view", "u3", 2, """{"plan": "pro"}""")]);
        Assert.Equal(2, await CountAsync("view", "properties[\"plan\"] == \"pro\""));
    }

    async Task<int> CountAsync(string name, string? filter = null)
    {
        var condition = filter is null ? null : ExpressionParser.Parse(filter);
        var opened = await reader.OpenJourneysAsync(Project, condition is null ? [] : [.. CompiledExpression.Compile(condition).Inputs], CancellationToken.None);
        var counts = await opened.RunAsync(
            () => (Scan: new StepScan([StepCondition.Of(new EventSelection("some", [name], condition))]), Rows: new List<int>()),
            (worker, shard) => worker.Rows.Add(worker.Scan.Match(shard, TimeRange.Ever).RowCount), CancellationToken.None);
        return counts.Sum(worker => worker.Rows.Sum());
    }

    async Task<int> PeopleAsync()
    {
        var opened = await reader.OpenJourneysAsync(Project, [], CancellationToken.None);
        return opened.Shards.Sum(shard => shard.PersonRuns().Sum(run => run.Until - run.From));
    }

    static Item Event(string name, string distinctId, int number, string properties = "{}") => new()
    {
        Kind = ItemKind.Event,
        Dialect = Dialect.Mixpanel,
        Id = new(1, 1, number),
        Name = Encoding.UTF8.GetBytes(name),
        DistinctId = Encoding.UTF8.GetBytes(distinctId),
        TimeMs = Start.AddSeconds(number).ToUnixTimeMilliseconds(),
        ReceivedAtMs = Start.AddSeconds(number).ToUnixTimeMilliseconds(),
        Body = Encoding.UTF8.GetBytes(properties),
    };

    void Add(IEnumerable<Item> items)
    {
        var rows = new RecentRowsBuilder(ItemKind.Event);
        foreach (var item in items) rows.Add(item, seq: fileCount, itemIndex: rows.RowCount);
        var file = files.Add(RecentLayout.FileName("p", RowLayout.Events, "stream", 0, fileCount, fileCount, $"{fileCount++}"), rows);
        parts.Add(new(new RowFileFacts(file.Name, file.RowCount, file.Facts.Schema, new Files(this)) { MinTimeMs = rows.MinTimeMs, MaxTimeMs = rows.MaxTimeMs }, file.Live));
    }

    void Claim(LinkRule rule, string id, string other) => fold.Add([new(new(1, new(2, 2, claimCount++)), rule, id, other)]);

    public ValueTask<RowSnapshot> OpenAsync(string projectId, string kind, CancellationToken cancellationToken) => new(new RowSnapshot(projectId, kind, [.. parts]));

    public ValueTask<People> OpenAsync(ReportProject project, bool withProfiles, CancellationToken cancellationToken) => new(new People(fold.Map, null));

    public ValueTask<IGroupMap> OpenGroupsAsync(ReportProject project, CancellationToken cancellationToken) => throw new NotSupportedException("no groups here");

    /// <summary>Files that compaction may delete.</summary>
    sealed class Files(Growing_with_a_project world) : IRowColumns
    {
        public ValueTask<StoredColumn?> ReadAsync(RowFileFacts file, string column, CancellationToken cancellationToken) =>
            world.deleted.Contains(file.Name) ? throw new RowFileGoneException(file.Name) : world.files.ReadAsync(file, column, cancellationToken);
    }
}
