using Cairn.Storage;
using Cairn.Storage.Delta;
using Xunit;

namespace Cairn.Behaviour.Storage.Delta;

public class Vacuuming_a_table
{
    readonly PlainTable plain = new();

    [Fact]
    public async Task Keeps_what_any_version_in_the_log_needs()
    {
        await plain.CreateAsync();
        await plain.CommitManyAsync(100, TimeSpan.FromMinutes(30));
        var deleted = await plain.Table.VacuumAsync(default);
        Assert.NotEmpty(deleted);
        Assert.DoesNotContain(plain.Blobs.Names, deleted.Contains);
        foreach (var needed in await NeededAsync()) Assert.Contains(needed, plain.Blobs.Names);
        Assert.Empty(await plain.Table.VacuumAsync(default));
    }

    [Fact]
    public async Task Takes_all_that_nobody_needs()
    {
        await plain.CreateAsync();
        await plain.CommitManyAsync(100, TimeSpan.FromMinutes(30));
        await plain.Table.VacuumAsync(default);
        var needed = await NeededAsync();
        var recent = plain.Clock.GetUtcNow() - plain.Options.Retention;
        await foreach (var blob in plain.Blobs.ListAsync($"{PlainTable.Root}/month", null, default))
            Assert.True(needed.Contains(blob.Name) || blob.LastModified > recent, blob.Name);
    }

    [Fact]
    public async Task Takes_files_that_were_never_committed_once_they_are_old()
    {
        var basis = await plain.CreateAsync();
        var forgotten = $"{PlainTable.Root}/{(await plain.FileAsync(basis)).Path}";
        plain.Clock.Advance(TimeSpan.FromHours(23));
        Assert.Empty(await plain.Table.VacuumAsync(default));
        plain.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal([forgotten], await plain.Table.VacuumAsync(default));
    }

    [Fact]
    public async Task Leaves_alone_what_is_no_table_and_what_engines_do_not_see()
    {
        await plain.Blobs.PutAsync($"{PlainTable.Root}/a.parquet", new byte[1], PutCondition.None, default);
        plain.Clock.Advance(TimeSpan.FromDays(9));
        Assert.Empty(await plain.Table.VacuumAsync(default));
        await plain.CreateAsync();
        await plain.Blobs.PutAsync($"{PlainTable.Root}/_index/a", new byte[1], PutCondition.None, default);
        await plain.Blobs.PutAsync("lake/3f/events2/a.parquet", new byte[1], PutCondition.None, default);
        plain.Clock.Advance(TimeSpan.FromDays(9));
        Assert.Equal([$"{PlainTable.Root}/a.parquet"], await plain.Table.VacuumAsync(default));
    }

    /// <summary>Blobs of every version that can be rebuilt, found plainly: each version by a reader who sees no newer one.</summary>
    async Task<HashSet<string>> NeededAsync()
    {
        var log = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        foreach (var name in plain.Blobs.Names.Where(name => name.Contains("/_delta_log/0", StringComparison.Ordinal)))
            log.Add(name, (await plain.Blobs.ReadAsync(name, default))!.Bytes.ToArray());
        var versions = log.Keys.Where(name => name.EndsWith(".json", StringComparison.Ordinal)).Select(name => long.Parse(name.AsSpan()[^25..^5])).ToList();
        var needed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var version in versions)
        {
            var then = new Cairn.Support.Stores.InMemoryBlobStore(plain.Clock);
            foreach (var (name, bytes) in log)
                if (string.CompareOrdinal(name, PlainTable.Entry(version)) <= 0) await then.PutAsync(name, bytes, PutCondition.None, default);
            var snapshot = (await new DeltaTable(then, PlainTable.Root, plain.Clock).ReadAsync(default))!;
            Assert.Equal(version, snapshot.Version);
            needed.UnionWith(snapshot.Files.Values.Select(snapshot.BlobOf));
        }
        return needed;
    }
}
