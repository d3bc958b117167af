using System.Globalization;
using System.Text.Json;
using Cairn.Model;
using Cairn.Storage.Lake;
using Cairn.Storage.Rows;
using Cairn.Support.Ingestion;
using Cairn.Support.Lake;
using Xunit;

namespace Cairn.Behaviour.Storage.Lake;

/// <summary>A table has columns for 2,000 properties; what comes later stands in one column of JSON, and a property is never in both.</summary>
public class Properties_past_all_columns
{
    [Fact]
    public async Task Five_thousand_properties_pass_through_and_keep_their_values()
    {
        var world = new LakeWorld(options: new() { MaxRowsPerRowGroup = 500 });
        var sent = new Dictionary<string, string>();
        var number = 0;
        // Each file has more properties than it has room for, and not the same as the others.
        for (var file = 0; file < 4; file++)
        {
            var items = new List<Item>();
            for (var i = 0; i < 250; i++)
            {
                var members = Enumerable.Range(0, 12).Select(m => (((file * 1000) + (i * 17) + (m * 313)) % 5000, m)).DistinctBy(member => member.Item1)
                    .Select(member => $"\"p{member.Item1}\":{Value(member.Item1, member.m)}");
                var body = "{" + string.Join(',', members) + "}";
                items.Add(Event(++number, body));
                sent.Add($"i{number}", body);
            }
            var stored = await world.StoreAsync(ItemKind.Event, items);
            if (file % 2 == 1) await world.MoveAsync(RowLayout.Events, 0, stored.LastSeq);
        }
        await AssertSentAsync(world, sent);
        await world.MergeAsync(RowLayout.Events, _ => true);
        await AssertSentAsync(world, sent);
        var version = (await world.Snapshots.OpenViewAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Version!;
        Assert.Equal(LakeSchema.MaxProperties, version.Schema.PropertyCount);
    }

    [Fact]
    public async Task A_new_type_of_a_property_that_has_a_column_gets_a_column_even_of_a_full_table()
    {
        var world = new LakeWorld();
        var all = "{" + string.Join(',', Enumerable.Range(0, 2000).Select(i => $"\"p{i}\":1")) + "}";
        var first = await world.StoreAsync(ItemKind.Event, [Event(1, all)]);
        await world.MoveAsync(RowLayout.Events, 0, first.LastSeq);
        var second = await world.StoreAsync(ItemKind.Event, [Event(2, """{"p7":"text","late":[1,"ü\n\"q\""],"n":2.5,"t":"x\\y","b":true}""")]);
        await world.MoveAsync(RowLayout.Events, 0, second.LastSeq);
        var version = await world.MergeAsync(RowLayout.Events, _ => true);
        var file = Assert.Single(world.Open(version, RowLayout.Events));
        Assert.Equal("text", Assert.Single(await TextsAsync(file, "s.p7")));
        Assert.Equal("""{"b":true,"late":[1,"ü\n\"q\""],"n":2.5,"t":"x\\y"}""", Sorted(Assert.Single(await TextsAsync(file, RowLayout.Rest))));
        Assert.Equal("p7_string", version.Schema.Find("p7", Cairn.Storage.Delta.DeltaType.String, "property")!.Name);
    }

    static async Task AssertSentAsync(LakeWorld world, Dictionary<string, string> sent)
    {
        var seen = new Dictionary<string, SortedDictionary<string, string>>();
        foreach (var file in (await world.Snapshots.OpenAsync(LakeWorld.ProjectId, RowLayout.Events, default)).Files)
        {
            var ids = new RowTexts(await file.ReadTextAsync(RowLayout.InsertId, default));
            for (var row = 0; row < file.RowCount; row++)
                if (file.Live[row]) seen.Add(ids[row], new(StringComparer.Ordinal));
            foreach (var info in file.Facts.Schema.Where(info => info.Name[1] == '.'))
            {
                var column = (await file.ReadAsync(info.Name, default))!;
                for (var row = 0; row < file.RowCount; row++)
                    if (file.Live[row] && RowLines.Show(column, row) is { } value) seen[ids[row]].Add(info.Name[2..], info.Name[0] == 's' ? JsonSerializer.Serialize(value) : value);
            }
            if (await file.ReadTextAsync(RowLayout.Rest, default) is not { } rest) continue;
            for (var row = 0; row < file.RowCount; row++)
            {
                if (!file.Live[row] || rest.Codes[row] < 0) continue;
                foreach (var member in JsonDocument.Parse(rest.Dictionary.Memory(rest.Codes[row])).RootElement.EnumerateObject())
                {
                    // A property with a column in this file is nowhere else in it.
                    Assert.DoesNotContain(file.Facts.Schema, info => info.Name[2..] == member.Name && info.Name[1] == '.');
                    seen[ids[row]].Add(member.Name, member.Value.GetRawText());
                }
            }
        }
        Assert.Equal(sent.Count, seen.Count);
        foreach (var (id, body) in sent)
            Assert.Equal(JsonDocument.Parse(body).RootElement.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"{member.Name}={member.Value.GetRawText()}"), seen[id].Select(member => $"{member.Key}={member.Value}"));
    }

    static string Value(int property, int member) => (property % 4) switch
    {
        0 => (property + (member * 0.5)).ToString(CultureInfo.InvariantCulture),
        1 => $"\"v{member}\"",
        2 => member % 2 == 0 ? "true" : "false",
        _ => $"[{member},\"a\"]",
    };

    static string Sorted(string json) => "{" + string.Join(',', JsonDocument.Parse(json).RootElement.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal).Select(member => $"\"{member.Name}\":{member.Value.GetRawText()}")) + "}";

    static async Task<List<string>> TextsAsync(RowFile file, string column)
    {
        var texts = (await file.ReadTextAsync(column, default))!;
        return [.. Enumerable.Range(0, file.RowCount).Where(row => texts.Codes[row] >= 0).Select(row => texts.Dictionary.Text(texts.Codes[row]))];
    }

    static Item Event(int number, string body) => new()
    {
        Kind = ItemKind.Event, Dialect = Dialect.Mixpanel, Id = new(1, 1, number), Name = Batches.Utf8("e"), DistinctId = Batches.Utf8($"u{number % 20}"), InsertId = Batches.Utf8($"i{number}"),
        TimeMs = Batches.NowMs + number, SentTimeMs = Batches.NowMs + number, ReceivedAtMs = Batches.NowMs + number, Body = Batches.Utf8(body),
    };
}
