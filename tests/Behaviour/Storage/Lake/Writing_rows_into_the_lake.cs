using Cairn.Model;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Lake;
using Xunit;

namespace Cairn.Behaviour.Storage.Lake;

public class Writing_rows_into_the_lake
{
    const long Day = 86_400_000;

    [Theory]
    [InlineData(ItemKind.Event, LakeSplit.ByDate, 1)]
    [InlineData(ItemKind.Event, LakeSplit.ByMonth, 2)]
    [InlineData(ItemKind.ProfileUpdate, LakeSplit.ByDate, 3)]
    [InlineData(ItemKind.GroupUpdate, LakeSplit.ByMonth, 4)]
    [InlineData(ItemKind.LinkClaim, LakeSplit.ByDate, 5)]
    public async Task Loses_no_row_and_no_value(ItemKind kind, LakeSplit split, int seed)
    {
        var (world, table) = (new LakeWorld(options: new() { MaxRowsPerRowGroup = 100 }), LakeWorld.TableOf(kind));
        var items = new RandomItems(seed);
        for (var file = 0; file < 5; file++) await world.StoreAsync(kind, Enumerable.Range(0, 150).Select(i => items.Next(kind, Batches.NowMs + i)));
        var recent = await RowLines.OfAsync(await world.Recent.OpenAsync(LakeWorld.ProjectId, table, default));

        var version = await world.AppendAsync(table, split);
        var files = world.Open(version, table);
        Assert.Equal(recent, await RowLines.OfAsync(files));

        var merged = await world.CommitAsync(table, files, LakeSplit.ByMonth, removes: [.. version.Files.Keys]);
        Assert.Equal(recent, await RowLines.OfAsync(world.Open(merged, table)));
    }
}
