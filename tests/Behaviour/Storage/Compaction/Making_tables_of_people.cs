using System.Globalization;
using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Compaction;
using Cairn.Storage.Compaction.BuiltTables;
using Cairn.Storage.Delta;
using Cairn.Storage.Identity;
using Cairn.Storage.Lake;
using Cairn.Storage.Parquet;
using Cairn.Storage.Profiles;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

public class Making_tables_of_people
{
    static readonly DateTimeOffset Noon = new(2026, 3, 20, 12, 0, 0, TimeSpan.Zero);

    readonly LakeWorld world = new();
    readonly PeopleTables people;
    int item;

    public Making_tables_of_people()
    {
        people = NewProcess();
    }

    /// <summary>Knows nothing that is not in the store.</summary>
    PeopleTables NewProcess()
    {
        var tables = new LakeTables(world.Store, world.Clock);
        var rows = new LakeSnapshots(world.Store, new ColumnCache(1 << 22), tables);
        return new(world.Store, tables, rows, new PersonDirectory(rows), new ProfileDirectory(rows), world.Clock);
    }

    [Fact]
    public async Task Killed_at_any_call_they_are_made_once_more_and_nothing_is_left_behind_though_no_rows_come()
    {
        var kills = 0;
        while (await new Making_tables_of_people().IsKilledAsync(atCall: kills + 1)) kills++;
        Assert.InRange(kills, 20, 1_000);
    }

    /// <summary>One making is killed, before its call took effect or after; the next process finishes.</summary>
    /// <returns>False where there are not that many calls.</returns>
    async Task<bool> IsKilledAsync(int atCall)
    {
        await ArriveAsync(Event("ann", minute: 1), Update("ann", """{"set":{"plan":"free"}}"""), Group("company", "acme", """{"set":{"seats":5}}"""));
        var call = 0;
        world.Store.Decide = (_, _) => ++call < atCall ? BlobFault.None : call == atCall && atCall % 2 == 0 ? BlobFault.FailAfterSuccess : BlobFault.FailBefore;
        // A fault of the store ends the run; what is told of it is others' affair.
        await Record.ExceptionAsync(() => people.RunAsync(world.Project, default));
        world.Store.Decide = (_, _) => BlobFault.None;
        await NewProcess().RunAsync(world.Project, default);
        for (var day = 0; day < 3; day++)
        {
            world.Clock.Advance(TimeSpan.FromHours(25));
            Assert.False(await NewProcess().RunAsync(world.Project, default));
        }
        Assert.Equal(["ann free"], (await RowsAsync(LakeLayout.Profiles)).Select(row => $"{row["person"]} {row["plan"]}"));
        Assert.Equal(["ann"], (await RowsAsync(LakeLayout.Persons)).Select(row => row["id"]));
        foreach (var table in new[] { LakeLayout.Persons, LakeLayout.Profiles, LakeLayout.Groups })
        {
            // A making that the second one replaced is in the log still, and may be read.
            var version = await VersionAsync(table);
            var needed = version.Files.Keys.Concat(version.Tombstones.Keys).Select(path => $"{version.Root}/{path}").ToList();
            var there = world.Blobs.Names.Where(name => name.StartsWith($"{version.Root}/", StringComparison.Ordinal) && !name.Contains("/_", StringComparison.Ordinal)).ToList();
            Assert.True(!there.Except(needed).Any(), $"killed at call {atCall}: {string.Join(", ", there.Except(needed))} stay");
            Assert.Empty(version.Files.Values.Select(version.BlobOf).Except(there));
        }
        return call >= atCall;
    }

    [Fact]
    public async Task Persons_says_whose_every_id_is_and_when_events_named_it()
    {
        await ArriveAsync(Event("$device:d1", minute: 1), Event("$device:d1", minute: 9), Event("ann", minute: 5), Event("bob", minute: 3));
        await ArriveAsync(Claim("ann", "$device:d1"), Update("cyn", """{"set":{"plan":"free"}}"""));
        await people.RunAsync(world.Project, default);
        Assert.Equal(
            [
                "$device:d1 ann 12:01 12:09",
                "ann ann 12:05 12:05",
                "bob bob 12:03 12:03",
                "cyn cyn - -",
            ],
            (await RowsAsync(LakeLayout.Persons)).Select(row => $"{row["id"]} {row["person"]} {Minute(row, "first_seen")} {Minute(row, "last_seen")}"));
        Assert.All(await RowsAsync(LakeLayout.Persons), row => Assert.Equal(world.Clock.GetUtcNow().ToUnixTimeMilliseconds(), row["as_of"]));
    }

    [Fact]
    public async Task Profiles_has_a_column_for_each_property_and_type()
    {
        await ArriveAsync(
            Update("ann", """{"set":{"plan":"pro","level":3,"tags":["a","b"],"paid":true}}"""), Update("bob", """{"set":{"plan":1.5,"Plan":"odd","person":"me"}}"""));
        await people.RunAsync(world.Project, default);
        var rows = await RowsAsync(LakeLayout.Profiles);
        Assert.Equal(["ann", "bob"], rows.Select(row => row["person"]));
        Assert.Equal(("pro", 3.0, """["a","b"]""", true), (rows[0]["plan_string"], rows[0]["level"], rows[0]["tags"], rows[0]["paid"]));
        Assert.Equal((1.5, "odd", "me"), (rows[1]["plan"], rows[1]["Plan_2"], rows[1]["person_2"]));
        Assert.DoesNotContain("plan", rows[0].Keys);
    }

    [Fact]
    public async Task Groups_has_a_row_for_each_group()
    {
        await ArriveAsync(Group("company", "acme", """{"set":{"seats":5}}"""), Group("company", "beta", """{"set":{"seats":7}}"""), Group("team", "acme", """{"set":{"seats":1}}"""));
        await people.RunAsync(world.Project, default);
        Assert.Equal(["company acme 5", "company beta 7", "team acme 1"], (await RowsAsync(LakeLayout.Groups)).Select(row => string.Create(CultureInfo.InvariantCulture, $"{row["group_type"]} {row["group_id"]} {row["seats"]}")));
    }

    [Fact]
    public async Task A_new_making_takes_the_place_of_the_last_in_one_version_and_its_files_go_a_day_later()
    {
        await ArriveAsync(Update("ann", """{"set":{"plan":"free"}}"""));
        await people.RunAsync(world.Project, default);
        await ArriveAsync(Update("ann", """{"set":{"plan":"pro"}}"""), Update("bob", """{"set":{"age":4}}"""));
        world.Clock.Advance(PeopleTables.MakeEvery);
        Assert.True(await people.RunAsync(world.Project, default));
        var version = await VersionAsync(LakeLayout.Profiles);
        Assert.Equal(2, version.Version);
        Assert.Equal(["ann pro", "bob "], (await RowsAsync(LakeLayout.Profiles)).Select(row => $"{row["person"]} {row.GetValueOrDefault("plan")}"));
        for (var hour = 0; hour < 100; hour++)
        {
            world.Clock.Advance(PeopleTables.MakeEvery);
            await ArriveAsync(Update("bob", """{"add":{"age":1}}"""));
            await people.RunAsync(world.Project, default);
        }
        // The log keeps the versions of a day, and up to a checkpoint's distance more.
        Assert.InRange(world.Blobs.Names.Count(name => name.StartsWith($"{version.Root}/", StringComparison.Ordinal) && name.EndsWith(".parquet", StringComparison.Ordinal) && !name.Contains("/_", StringComparison.Ordinal)), 24, 24 + 20 + 1);
    }

    [Fact]
    public async Task They_are_made_anew_where_as_many_rows_came_as_went_and_not_where_rows_only_moved()
    {
        await ArriveAsync(Update("ann", """{"set":{"plan":"free"}}"""), Event("bob", minute: 1));
        Assert.True(await people.RunAsync(world.Project, default));
        world.Clock.Advance(PeopleTables.MakeEvery);
        await world.CompactAllAsync();
        Assert.False(await people.RunAsync(world.Project, default));
        // One row goes, another comes: there are as many as before.
        var table = new DeltaTable(world.Blobs, LakeLayout.RootOf(LakeWorld.ProjectId, RowLayout.Events), world.Clock);
        var version = (await table.ReadAsync(default))!;
        Assert.IsType<DeltaOutcome.Committed>(await table.CommitAsync(version, new DeltaCommit { Operation = "DELETE", Removes = [.. version.Files.Keys] }, default));
        await ArriveAsync(Event("cyn", minute: 2));
        Assert.True(await people.RunAsync(world.Project, default));
        Assert.Equal(["ann", "cyn"], (await RowsAsync(LakeLayout.Persons)).Select(row => row["id"]));
    }

    [Fact]
    public async Task They_are_made_once_more_where_it_is_no_longer_known_from_what_they_were_made()
    {
        await ArriveAsync(Update("ann", """{"set":{"plan":"free"}}"""));
        Assert.True(await people.RunAsync(world.Project, default));
        const string Name = "compaction/p1/people.json";
        await world.Blobs.PutAsync(Name, "{\"version\":1,"u8.ToArray(), PutCondition.None, default);
        Assert.Equal(Name, (await Assert.ThrowsAsync<RemakableFileException>(() => people.RunAsync(world.Project, default))).File);
        Assert.True(await people.RunAsync(world.Project, default));
        Assert.False(await people.RunAsync(world.Project, default));
        Assert.Equal(["ann free"], (await RowsAsync(LakeLayout.Profiles)).Select(row => $"{row["person"]} {row["plan"]}"));
    }

    [Fact]
    public async Task Properties_past_the_limit_stand_together_in_one_column()
    {
        var set = string.Join(",", Enumerable.Range(0, RowLayout.MaxPropertyColumns + 3).Select(index => $"\"p{index:0000}\":{index}"));
        await ArriveAsync(Update("ann", $$$"""{"set":{{{{set}}}}}"""));
        await people.RunAsync(world.Project, default);
        var row = Assert.Single(await RowsAsync(LakeLayout.Profiles));
        Assert.Equal("""{"p2000":2000,"p2001":2001,"p2002":2002}""", row[RowLayout.Rest]);
        Assert.Equal(1999.0, row["p1999"]);
        Assert.DoesNotContain("p2000", row.Keys);
    }

    async Task ArriveAsync(params Item[] items) => await world.Stream.ArriveAsync(0, items, perMessage: 1);

    Item Event(string who, int minute) => Of(ItemKind.Event, who) with { Name = Batches.Utf8("view"), Body = Batches.Utf8("{}"), TimeMs = Noon.AddMinutes(minute).ToUnixTimeMilliseconds() };

    Item Update(string who, string body) => Of(ItemKind.ProfileUpdate, who) with { Body = Batches.Utf8(body) };

    Item Group(string type, string id, string body) => Of(ItemKind.GroupUpdate, id) with { Name = Batches.Utf8(type), Body = Batches.Utf8(body) };

    Item Claim(string user, string other) => Of(ItemKind.LinkClaim, user) with { OtherId = Batches.Utf8(other), LinkRule = LinkRule.MixpanelDeviceAndUser };

    Item Of(ItemKind kind, string who) => new()
    {
        Kind = kind,
        Dialect = Dialect.Mixpanel,
        Id = new(1, 1, ++item),
        ReceivedAtMs = Noon.ToUnixTimeMilliseconds() + item,
        TimeMs = Noon.ToUnixTimeMilliseconds(),
        SentTimeMs = Noon.ToUnixTimeMilliseconds(),
        DistinctId = Batches.Utf8(who),
    };

    async Task<DeltaSnapshot> VersionAsync(string table) => (await new DeltaTable(world.Blobs, LakeLayout.RootOf(LakeWorld.ProjectId, table), world.Clock).ReadAsync(default))!;

    /// <summary>The rows of a table by the names of its columns, in the order of the files' first column; nulls left out.</summary>
    async Task<List<Dictionary<string, object>>> RowsAsync(string table)
    {
        var version = await VersionAsync(table);
        var rows = new List<Dictionary<string, object>>();
        foreach (var file in version.Files.Values)
        {
            var reader = ParquetReader.Open(file.Path, (await world.Blobs.ReadAsync(version.BlobOf(file), default))!.Bytes);
            var first = rows.Count;
            rows.AddRange(Enumerable.Range(0, (int)reader.RowCount).Select(_ => new Dictionary<string, object>(StringComparer.Ordinal)));
            foreach (var column in version.Schema.Columns)
            {
                var index = reader.Schema.IndexOf(column.PhysicalName);
                if (index < 0) continue;
                Assert.Equal(column.FieldId, reader.Schema.Leaves[index].Column.FieldId);
                var read = reader.Read(0, index);
                for (var row = 0; row < read.SlotCount; row++)
                    if (!read.IsNull(row)) rows[first + row][column.Name] = read switch
                    {
                        Cairn.Storage.Parquet.TextColumn texts => Batches.Text(texts.Texts[texts.Codes[row]].ToArray()),
                        Cairn.Storage.Parquet.Int64Column numbers => numbers.Values[row],
                        Cairn.Storage.Parquet.DoubleColumn numbers => numbers.Values[row],
                        Cairn.Storage.Parquet.BooleanColumn flags => flags[row],
                        _ => throw new NotSupportedException(column.Name),
                    };
            }
        }
        return [.. rows.OrderBy(row => (string)row.First().Value, StringComparer.Ordinal)];
    }

    static string Minute(Dictionary<string, object> row, string column) =>
        row.TryGetValue(column, out var time) ? DateTimeOffset.FromUnixTimeMilliseconds((long)time).ToString("HH:mm", CultureInfo.InvariantCulture) : "-";
}
