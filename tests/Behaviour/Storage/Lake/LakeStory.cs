using Cairn.Model;
using Cairn.Model.Identity;
using Cairn.Storage;
using Cairn.Storage.Delta;
using Cairn.Storage.Lake;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Lake;
using Microsoft.Extensions.Time.Testing;

namespace Cairn.Behaviour.Storage.Lake;

/// <summary>A table that lives through appends, merges, new columns with odd names, rewrites for new links, and retention.</summary>
sealed class LakeStory
{
    readonly FakeTimeProvider clock;
    readonly Random random;
    readonly RandomItems items;
    readonly List<LinkClaim> claims = [];

    public LakeStory(IBlobStore blobs, FakeTimeProvider clock, int seed)
    {
        (this.clock, random, items) = (clock, new Random(seed), new RandomItems(seed));
        World = new(blobs, clock, new() { MaxRowsPerRowGroup = 60, TargetFileBytes = 40_000, MaxRowsAtOnce = 300 }, new DeltaTableOptions { CheckpointInterval = 7 });
    }

    public LakeWorld World { get; }

    /// <summary>Makes the table and changes it this often.</summary>
    public async Task<LakeVersion> TellAsync(ItemKind kind, int commits)
    {
        var table = LakeWorld.TableOf(kind);
        await World.Tables.CreateAsync(LakeWorld.ProjectId, table, default);
        for (var commit = 0; commit < commits;)
            if (await StepAsync(kind, table)) commit++;
        return (await World.Snapshots.OpenViewAsync(LakeWorld.ProjectId, table, default)).Version!;
    }

    async Task<bool> StepAsync(ItemKind kind, string table)
    {
        clock.Advance(TimeSpan.FromSeconds(30));
        var version = (await World.Snapshots.OpenViewAsync(LakeWorld.ProjectId, table, default)).Version!;
        switch (random.Next(10))
        {
            case < 6:
                var stored = await StoreAsync(kind);
                await World.MoveAsync(table, stored.Partition, stored.LastSeq, random.Next(3) == 0 ? LakeSplit.ByMonth : LakeSplit.ByDate);
                return true;
            case < 8 when version.Files.Count > 1:
                var month = version.Files[random.Next(version.Files.Count)].File.Month;
                await World.MergeAsync(table, file => file.File.Month == month);
                return true;
            case 8 when version.Files.Count > 0:
                claims.Add(new(new(claims.Count + 1, new(1, 1, claims.Count)), LinkRule.ByHand, $"u{random.Next(30)}", $"u{random.Next(30)}"));
                var fold = new IdentityFold(IdentityMode.Simplified);
                fold.Add(claims);
                World.Persons = fold.Map;
                var one = version.Files[random.Next(version.Files.Count)].File;
                await World.MergeAsync(table, file => file.File.Path == one.Path, one.Date is null ? LakeSplit.ByMonth : LakeSplit.ByDate);
                return true;
            case 9 when version.Files.Count > 12:
                var oldest = version.Files.Min(file => file.File.Month)!;
                var outcome = await World.Tables[LakeWorld.ProjectId, table].CommitAsync(version.Delta, new DeltaCommit { Operation = "DELETE", Removes = [.. version.Files.Where(file => file.File.Month == oldest).Select(file => file.File.Path)] }, default);
                return outcome is DeltaOutcome.Committed;
            default:
                return false;
        }
    }

    Task<RecentFileName> StoreAsync(ItemKind kind) =>
        World.StoreAsync(kind, Enumerable.Range(0, random.Next(1, 40)).Select(i => items.Next(kind, Batches.NowMs + (random.NextInt64(60) * 86_400_000) + i)).ToList(), random.Next(3));
}
