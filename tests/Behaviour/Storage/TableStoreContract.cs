using Cairn.Storage;
using Xunit;

namespace Cairn.Behaviour.Storage;

/// <summary>What every <see cref="ITableStore"/> does alike. A store's own class gives a store whose table <see cref="Table"/> is empty.</summary>
public abstract class TableStoreContract
{
    static readonly CancellationToken None = CancellationToken.None;

    protected abstract ITableStore Store { get; }

    /// <summary>Another for each test where the store is shared.</summary>
    protected virtual string Table => "people";

    /// <summary>Azurite counts a replaced row's JSON, in which bytes are a third longer, and so turns away what Azure takes.</summary>
    protected virtual bool CountsJson => false;

    [Fact]
    public async Task A_row_reads_back_with_every_type_of_value()
    {
        var values = new Dictionary<string, object>
        {
            ["text"] = "Zoë 🙂 'quoted'",
            ["empty"] = "",
            ["flag"] = true,
            ["small"] = int.MinValue,
            ["large"] = long.MaxValue,
            ["real"] = 0.1,
            ["whole"] = 3.0,
            ["bytes"] = new byte[] { 0, 255, 1 },
            ["noBytes"] = Array.Empty<byte>(),
            ["time"] = new DateTimeOffset(2024, 2, 29, 23, 59, 59, 999, TimeSpan.Zero).AddTicks(1234),
        };
        var etags = await PutAsync("p", "r", values);

        var row = await Store.FindAsync(Table, "p", "r", None);

        Assert.Equal(("p", "r", etags![0]), (row!.PartitionKey, row.RowKey, row.ETag));
        Assert.Equal(values.Keys.Order(), row.Values.Keys.Order());
        foreach (var (name, value) in values)
        {
            Assert.Equal(value, row.Values[name]);
            Assert.IsType(value.GetType(), row.Values[name]);
        }
    }

    [Fact]
    public async Task A_time_with_an_offset_comes_back_as_the_same_instant_in_utc()
    {
        var time = new DateTimeOffset(2024, 6, 1, 8, 0, 0, TimeSpan.FromHours(9));
        await PutAsync("p", "r", new Dictionary<string, object> { ["at"] = time });

        var back = (DateTimeOffset)(await Store.FindAsync(Table, "p", "r", None))!.Values["at"];

        Assert.Equal((time.UtcDateTime, TimeSpan.Zero), (back.UtcDateTime, back.Offset));
    }

    [Fact]
    public async Task What_was_never_written_is_not_there()
    {
        Assert.Null(await Store.FindAsync("neverMade", "p", "r", None));
        Assert.Empty(await KeysAsync(new TableRange(null)));
        await PutAsync("p", "r");
        Assert.Null(await Store.FindAsync(Table, "p", "other", None));
    }

    [Fact]
    public async Task Insert_adds_and_never_overwrites()
    {
        Assert.NotNull(await SubmitAsync("p", new TableChange("r", TableAction.Insert, Number(1))));
        Assert.Null(await SubmitAsync("p", new TableChange("r", TableAction.Insert, Number(2))));
        Assert.Equal(1, await NumberAsync("p", "r"));
    }

    [Fact]
    public async Task Replace_puts_the_whole_row_in_place_of_the_old()
    {
        await PutAsync("p", "r", new Dictionary<string, object> { ["old"] = 1, ["n"] = 1 });
        await PutAsync("p", "r", Number(2));

        Assert.Equal(["n"], (await Store.FindAsync(Table, "p", "r", None))!.Values.Keys);
    }

    [Fact]
    public async Task Replace_over_a_version_needs_that_version()
    {
        var first = (await PutAsync("p", "r", Number(1)))![0];
        var second = await SubmitAsync("p", new TableChange("r", TableAction.Replace, Number(2), first));

        Assert.NotEqual(first, Assert.Single(second!));
        Assert.Null(await SubmitAsync("p", new TableChange("r", TableAction.Replace, Number(3), first)));
        Assert.Null(await SubmitAsync("p", new TableChange("missing", TableAction.Replace, Number(3), first)));
        Assert.Equal(2, await NumberAsync("p", "r"));
    }

    [Fact]
    public async Task Delete_over_a_version_needs_that_version_and_without_one_is_content_with_nothing()
    {
        var first = (await PutAsync("p", "r", Number(1)))![0];
        await PutAsync("p", "r", Number(2));

        Assert.Null(await SubmitAsync("p", new TableChange("r", TableAction.Delete, Number(0), first)));
        Assert.Equal([null], await SubmitAsync("p", new TableChange("r", TableAction.Delete, Number(0))));
        Assert.Equal([null], await SubmitAsync("p", new TableChange("r", TableAction.Delete, Number(0))));
        Assert.Null(await Store.FindAsync(Table, "p", "r", None));
    }

    [Fact]
    public async Task A_row_that_was_deleted_and_made_again_has_another_version()
    {
        var first = (await PutAsync("p", "r", Number(1)))![0];
        await SubmitAsync("p", new TableChange("r", TableAction.Delete, Number(0)));
        await PutAsync("p", "r", Number(1));

        Assert.Null(await SubmitAsync("p", new TableChange("r", TableAction.Replace, Number(2), first)));
    }

    [Fact]
    public async Task A_transaction_happens_wholly_or_not_at_all()
    {
        await PutAsync("p", "taken", Number(1));

        var refused = await SubmitAsync(
            "p",
            new TableChange("new", TableAction.Insert, Number(1)),
            new TableChange("other", TableAction.Replace, Number(1)),
            new TableChange("taken", TableAction.Insert, Number(2)));

        Assert.Null(refused);
        Assert.Equal(["p/taken"], await KeysAsync(new TableRange(null)));
        Assert.Equal(1, await NumberAsync("p", "taken"));
    }

    [Fact]
    public async Task A_transaction_takes_a_hundred_changes_and_gives_their_versions_in_order()
    {
        var changes = Enumerable.Range(0, 100).Select(i => new TableChange($"r{i:D3}", TableAction.Insert, Number(i))).ToList();
        var etags = await Store.SubmitAsync(Table, "p", changes, None);

        Assert.Equal(100, etags!.Count);
        Assert.Equal(etags[57], (await Store.FindAsync(Table, "p", "r057", None))!.ETag);
    }

    [Fact]
    public async Task Of_many_who_replace_one_version_at_once_exactly_one_wins()
    {
        await PutAsync("p", "r", Number(0));
        var tasks = Enumerable.Range(0, 8).Select(async _ =>
        {
            for (var done = 0; done < 10;)
            {
                var row = (await Store.FindAsync(Table, "p", "r", None))!;
                var next = Number((int)row.Values["n"] + 1);
                if (await SubmitAsync("p", new TableChange("r", TableAction.Replace, next, row.ETag)) is not null) done++;
            }
        });
        await Task.WhenAll(tasks);

        Assert.Equal(80, await NumberAsync("p", "r"));
    }

    [Fact]
    public async Task Listing_is_ordered_by_keys_and_bounded_by_the_range()
    {
        foreach (var (partition, row) in new[] { ("b", "1"), ("a", "b"), ("a", "B"), ("a", "a-"), ("a", "a"), ("a", "_"), ("a", "") })
            await PutAsync(partition, row);

        Assert.Equal(["a/", "a/B", "a/_", "a/a", "a/a-", "a/b", "b/1"], await KeysAsync(new TableRange(null)));
        Assert.Equal(["b/1"], await KeysAsync(new TableRange("b")));
        Assert.Equal(["a/_", "a/a", "a/a-"], await KeysAsync(new TableRange("a", "_", "b")));
        Assert.Equal(["a/b"], await KeysAsync(new TableRange("a", "b")));
        Assert.Equal(["a/", "a/B"], await KeysAsync(new TableRange("a", null, "_")));
        Assert.Empty(await KeysAsync(new TableRange("c")));
    }

    [Fact]
    public async Task Listing_goes_past_one_page_of_a_thousand_rows()
    {
        foreach (var chunk in Enumerable.Range(0, 1250).Chunk(100))
            await Store.SubmitAsync(Table, "p", [.. chunk.Select(i => new TableChange($"r{i:D5}", TableAction.Insert, Number(i)))], None);

        Assert.Equal(Enumerable.Range(0, 1250).Select(i => $"p/r{i:D5}"), await KeysAsync(new TableRange("p")));
    }

    [Fact]
    public async Task Keys_may_hold_what_urls_must_escape()
    {
        const string key = "a+b c&d='e'\"f;g:h@i|j{k}~(l)*!,$^`<>[]-_.";
        await PutAsync(key, key, Number(7));

        Assert.Equal(7, await NumberAsync(key, key));
        Assert.Equal([$"{key}/{key}"], await KeysAsync(new TableRange(key, key)));
        Assert.Equal([null], await SubmitAsync(key, new TableChange(key, TableAction.Delete, Number(0))));
    }

    [Theory]
    [InlineData("ab")]
    [InlineData("1abc")]
    [InlineData("a_bc")]
    [InlineData("")]
    public async Task What_is_no_table_name_is_turned_away(string table)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.FindAsync(table, "p", "r", None));
        await Assert.ThrowsAsync<ArgumentException>(
            () => Store.SubmitAsync(table, "p", [new TableChange("r", TableAction.Insert, Number(1))], None));
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a\\b")]
    [InlineData("a#b")]
    [InlineData("a?b")]
    [InlineData("a%b")]
    [InlineData("a\tb")]
    [InlineData("ü")]
    public async Task A_key_that_urls_stumble_over_is_turned_away(string key)
    {
        await RefusedAsync("p", new TableChange(key, TableAction.Insert, Number(1)));
        await RefusedAsync(key, new TableChange("r", TableAction.Insert, Number(1)));
    }

    [Fact]
    public async Task The_largest_of_everything_fits_and_one_more_does_not()
    {
        Dictionary<string, object> One(object value) => new() { ["v"] = value };
        Dictionary<string, object> Many(int count) => Enumerable.Range(0, count).ToDictionary(i => $"v{i}", i => (object)i);
        Dictionary<string, object> Wide(int blocks, int more) =>
            Enumerable.Range(0, blocks).ToDictionary(i => $"v{i:D2}", i => (object)new byte[i == 0 ? more : 64 * 1024]);

        await PutAsync("p", "text", One(new string('x', 32 * 1024)));
        await PutAsync("p", "bytes", One(new byte[64 * 1024]));
        await PutAsync("p", "many", Many(252));
        await PutAsync(new string('p', 512), new string('r', 512), Number(1));
        // 4 + 2 * (1 + 4) for the keys, 16 * (8 + 6 + 4) for the frames of sixteen values.
        var fits = 1024 * 1024 - 15 * 64 * 1024 - 14 - 16 * 18;
        if (!CountsJson) await PutAsync("p", "wide", Wide(16, fits));

        await RefusedAsync("p", new TableChange("r", TableAction.Insert, One(new string('x', 32 * 1024 + 1))));
        await RefusedAsync("p", new TableChange("r", TableAction.Insert, One(new byte[64 * 1024 + 1])));
        await RefusedAsync("p", new TableChange("r", TableAction.Insert, Many(253)));
        await RefusedAsync("p", new TableChange(new string('r', 513), TableAction.Insert, Number(1)));
        await RefusedAsync("p", new TableChange("wide", TableAction.Replace, Wide(16, fits + 1)));
    }

    [Fact]
    public async Task A_transaction_too_large_or_of_no_change_is_turned_away()
    {
        var large = Enumerable.Range(0, 15).ToDictionary(i => $"v{i}", _ => (object)new byte[64 * 1024]);
        await RefusedAsync("p", [.. Enumerable.Range(0, 5).Select(i => new TableChange($"r{i}", TableAction.Insert, large))]);
        await RefusedAsync("p", [.. Enumerable.Range(0, 101).Select(i => new TableChange($"r{i}", TableAction.Insert, Number(i)))]);
        await RefusedAsync("p");
        await RefusedAsync("p", new TableChange("r", TableAction.Insert, Number(1)), new TableChange("r", TableAction.Delete, Number(1)));
    }

    [Fact]
    public async Task A_value_that_tables_do_not_hold_is_turned_away()
    {
        await RefusedAsync("p", new TableChange("r", TableAction.Insert, new Dictionary<string, object> { ["v"] = 1.5m }));
        await RefusedAsync("p", new TableChange("r", TableAction.Insert, new Dictionary<string, object> { ["v"] = "half \ud83d" }));
        await RefusedAsync("p", new TableChange("r", TableAction.Insert, new Dictionary<string, object> { ["no-name"] = 1 }));
        await RefusedAsync("p", new TableChange("r", TableAction.Insert, new Dictionary<string, object> { ["v"] = double.PositiveInfinity }));
        await RefusedAsync("p", new TableChange("r", TableAction.Insert, new Dictionary<string, object> { ["v"] = double.NaN }));
        await RefusedAsync("p", new TableChange("r", TableAction.Insert, new Dictionary<string, object> { ["Timestamp"] = 1 }));
        await RefusedAsync("p", new TableChange("r", TableAction.Insert, new Dictionary<string, object> { ["v"] = DateTimeOffset.MinValue }));
    }

    async Task RefusedAsync(string partition, params TableChange[] changes)
    {
        await Assert.ThrowsAsync<TableLimitException>(() => Store.SubmitAsync(Table, partition, changes, None));
        foreach (var change in changes.Where(change => change.RowKey is "r" or "r0")) Assert.Null(await Store.FindAsync(Table, "p", change.RowKey, None));
    }

    static Dictionary<string, object> Number(int n) => new() { ["n"] = n };

    async Task<int> NumberAsync(string partition, string row) => (int)(await Store.FindAsync(Table, partition, row, None))!.Values["n"];

    Task<IReadOnlyList<string?>?> PutAsync(string partition, string row, Dictionary<string, object>? values = null) =>
        SubmitAsync(partition, new TableChange(row, TableAction.Replace, values ?? Number(1)));

    Task<IReadOnlyList<string?>?> SubmitAsync(string partition, params TableChange[] changes) =>
        Store.SubmitAsync(Table, partition, changes, None);

    async Task<List<string>> KeysAsync(TableRange range)
    {
        var keys = new List<string>();
        await foreach (var row in Store.QueryAsync(Table, range, None)) keys.Add($"{row.PartitionKey}/{row.RowKey}");
        return keys;
    }
}
