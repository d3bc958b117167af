using Cairn.Model;
using Cairn.Storage.Rows;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

/// <summary>The table of docs/semantics/duplicates.md, replayed: which of two copies is shown, before compaction and after.</summary>
public class The_page_about_duplicates
{
    static readonly long FirstMs = new DateTimeOffset(2026, 3, 20, 10, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();

    public static TheoryData<string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var row in DocTable.Rows("docs/semantics/duplicates.md", "| received | stored | seen before compaction | and after |")) rows.Add(row[1], row[2], row[3]);
        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Tells_which_copy_is_shown(string stored, string seen, string after)
    {
        var world = new LakeWorld();
        var isLate = stored.StartsWith("second", StringComparison.Ordinal);
        await StoreAsync(world, isLate ? 2 : 1);
        if (stored.EndsWith("in the lake already", StringComparison.Ordinal)) await world.CompactAllAsync();
        var before = await ShownAsync(world);
        await StoreAsync(world, isLate ? 1 : 2);
        var between = await ShownAsync(world);
        await world.CompactAllAsync();

        Assert.Equal(seen, (before, between) switch
        {
            ("first", "first") => "first",
            ("second", "first") => "second, then first as soon as it is stored",
            ("second", "second") => "second, still after the first is stored",
            _ => $"{before}, {between}",
        });
        Assert.Equal(after, await ShownAsync(world));
    }

    /// <summary>The one row that counts.</summary>
    static async Task<string> ShownAsync(LakeWorld world)
    {
        var shown = new List<string>();
        foreach (var file in (await world.NewReader().OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Files)
        {
            var copies = (await file.ReadTextAsync(RowLayout.Text + "copy", default))!;
            for (var row = 0; row < file.RowCount; row++)
                if (file.Live[row]) shown.Add(copies.Dictionary.Text(copies.Codes[row]));
        }
        return Assert.Single(shown);
    }

    static Task StoreAsync(LakeWorld world, int copy) => world.Stream.ArriveAsync(0,
    [
        new Item
        {
            Kind = ItemKind.Event, Dialect = Dialect.Mixpanel, Id = new(1, 1, copy), Name = "buy"u8.ToArray(), DistinctId = "ann"u8.ToArray(), InsertId = "i1"u8.ToArray(), TimeMs = FirstMs, SentTimeMs = FirstMs,
            ReceivedAtMs = FirstMs + ((copy - 1) * 5 * 60_000), Body = Batches.Utf8($$"""{"copy":"{{(copy == 1 ? "first" : "second")}}"}"""),
        },
    ], perMessage: 1);
}
