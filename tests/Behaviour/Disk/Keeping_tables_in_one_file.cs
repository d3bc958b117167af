using Cairn.Disk.Tables;
using Cairn.Storage;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Disk;

public sealed class Keeping_tables_in_one_file : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rows_and_versions_are_there_after_a_restart()
    {
        string? etag;
        await using (var store = Open()) etag = (await PutAsync(store, "r", 1))![0];

        await using var again = Open();
        var row = await again.FindAsync("people", "p", "r", default);
        var next = await PutAsync(again, "r", 2, etag);

        Assert.Equal(etag, row!.ETag);
        Assert.NotEqual(etag, Assert.Single(next!));
    }

    [Fact]
    public async Task A_version_is_never_given_twice_even_across_restarts_and_deletions()
    {
        var etags = new List<string?>();
        for (var start = 0; start < 3; start++)
        {
            await using var store = Open();
            etags.AddRange((await PutAsync(store, "r", 1))!);
            await store.SubmitAsync("people", "p", [new TableChange("r", TableAction.Delete, new Dictionary<string, object>())], default);
        }
        Assert.Equal(3, etags.Distinct().Count());
    }

    [Fact]
    public async Task A_full_disk_fails_the_write_and_keeps_what_was_there()
    {
        await using var store = new SqliteTableStore(_folder["small.db"], "PRAGMA max_page_count=40;");
        await PutAsync(store, "first", 1);
        var block = new Dictionary<string, object> { ["v"] = new byte[60_000] };

        var fault = await Assert.ThrowsAsync<StorageUnavailableException>(async () =>
        {
            for (var i = 0; i < 10; i++)
                await store.SubmitAsync("people", "p", [new TableChange($"r{i}", TableAction.Insert, block)], default);
        });

        Assert.Contains("full", fault.Message, StringComparison.Ordinal);
        Assert.NotNull(await store.FindAsync("people", "p", "first", default));
        Assert.NotNull(await PutAsync(store, "first", 2));
    }

    [Fact]
    public async Task Many_writers_share_flushes_and_each_gets_its_own_answer()
    {
        await using var store = Open();
        var tasks = Enumerable.Range(0, 500).Select(i => PutAsync(store, $"r{i}", i));

        var answers = await Task.WhenAll(tasks);

        Assert.Equal(500, answers.Select(etags => etags![0]).Distinct().Count());
        for (var i = 0; i < 500; i += 50)
            Assert.Equal(i, (await store.FindAsync("people", "p", $"r{i}", default))!.Values["n"]);
    }

    [Fact]
    public async Task A_closed_store_says_so()
    {
        var store = Open();
        await store.DisposeAsync();
        await Assert.ThrowsAsync<StorageUnavailableException>(() => PutAsync(store, "r", 1));
    }

    SqliteTableStore Open() => new(_folder["tables.db"]);

    static Task<IReadOnlyList<string?>?> PutAsync(SqliteTableStore store, string row, int n, string? ifMatch = null) =>
        store.SubmitAsync("people", "p", [new TableChange(row, TableAction.Replace, new Dictionary<string, object> { ["n"] = n }, ifMatch)], default);
}
