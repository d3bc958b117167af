using System.Text.Json;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Cairn.Query.Segmentation;
using Cairn.Support.Query;
using NodaTime;
using Xunit;

namespace Cairn.Behaviour.Query.ClickHouse;

/// <summary>Whatever stands in names and values of events, properties, filters and people finds its own rows and does nothing else.</summary>
public sealed class Asking_with_any_text(ClickHouseFixture clickHouse) : IClassFixture<ClickHouseFixture>
{
    static readonly string[] Texts =
    [
        "'", "''", "\"", "`", "``", "\\", "\\'", "\\`", "'; drop table events; --", "x' or '1'='1", "` from system.one; select `", "--", "/* */", "*/", "#", "{p1:String}", "{name}", "${x}", "%s", "%27", "?", ";", "a\tb", "a\nb", "a\r\nb", "a\u0000b", "\u0000",
        "\b\f", "ä", "日本語", "😀", "\u202e", "é", "e\u0301", "a.b", "a.b.c", ".", "lake.person", "ms", "name", "person", "c0", "line", "keys", "NULL", "\\N", "[1]", "('x')", " ", "a ", new('x', 300),
    ];

    static readonly DateTimeOffset At = new(2025, 3, 28, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task Finds_the_rows_of_each_text_as_a_value_and_a_name()
    {
        using var world = new ClickHouseWorld(clickHouse.Server);
        // Every text is an event, a property's name with a value of its own, a value, and a person.
        await world.AddAsync(Texts.SelectMany((text, index) => Enumerable.Range(0, index % 3 + 1).Select(n => new MemoryEvent(text, At.AddSeconds(n), text, Json(("value", text), (text, $"own {index}"))))));
        world.Link(Texts[0], "somebody");
        world.Link(Texts[9], Texts[10]);
        foreach (var text in Texts) world.Know(text, Json(("of", text)));
        for (var index = 0; index < Texts.Length; index++)
        {
            var text = Texts[index];
            foreach (var condition in new[]
            {
                Equal(PropertyScope.Event, "value", text), Equal(PropertyScope.Event, text, $"own {index}"), Equal(PropertyScope.EventField, EventField.DistinctId, text), Equal(PropertyScope.User, "of", text),
                new Expression.Binary(BinaryOperator.In, new Expression.Literal(Value.Of(text)), new Expression.Property(new(PropertyScope.Event, "value"))),
            })
            {
                var asked = Definition(EventSelection.Every("any", condition));
                Assert.Equal(await HereAsync(world, asked), await ThereAsync(world, asked, text));
            }
            var named = Definition(EventSelection.Named(text));
            Assert.Equal([$" {index % 3 + 1}"], await ThereAsync(world, named, text));
        }
        var byAll = Definition(EventSelection.Every("any")) with { Breakdowns = [Breakdown.Of(PropertyScope.Event, "value"), Breakdown.Of(PropertyScope.EventField, EventField.Name)], Measure = new Measure.Uniques() };
        Assert.Equal(await HereAsync(world, byAll), await ThereAsync(world, byAll, "all"));
    }

    [Fact]
    public async Task Puts_no_text_into_a_statement()
    {
        using var world = new ClickHouseWorld(clickHouse.Server);
        const string Text = "'; kill everything; --";
        await world.AddAsync([new(Text, At, Text, Json((Text, Text)))]);
        var definition = Definition(EventSelection.Named(Text, Equal(PropertyScope.Event, Text, Text))) with { Breakdowns = [Breakdown.Of(PropertyScope.User, Text)] };

        Assert.Equal(["undefined 1"], await ThereAsync(world, definition, Text));

        var sql = (await clickHouse.Server.AskedAsync())[^1].Sql;
        // Once, as the quoted name of a column.
        Assert.Equal(2, sql.Split(Text).Length);
        Assert.Contains($"lake.`{Text}`", sql, StringComparison.Ordinal);
    }

    static Expression.Binary Equal(PropertyScope scope, string name, string value) => new(BinaryOperator.Equal, new Expression.Property(new(scope, name)), new Expression.Literal(Value.Of(value)));

    static string Json(params (string Name, string Value)[] members) => JsonSerializer.Serialize(members.GroupBy(member => member.Name).ToDictionary(member => member.Key, member => member.Last().Value));

    static async Task<List<string>> HereAsync(ClickHouseWorld world, SegmentationDefinition definition) => Lines(await new SegmentationReport(world.Here, TimeProvider.System).AnswerAsync(definition, default));

    static async Task<List<string>> ThereAsync(ClickHouseWorld world, SegmentationDefinition definition, string text) =>
        Lines(await world.AskAsync(text, () => new SegmentationReport(world.Here, TimeProvider.System, world.There).AnswerAsync(definition, default)));

    static List<string> Lines(SegmentationAnswer answer) => [.. answer.Series.Select(series => $"{string.Join('|', series.Keys)} {series.Whole}")];

    static SegmentationDefinition Definition(EventSelection selection)
    {
        var project = new ReportProject(Cairn.Support.Lake.LakeWorld.ProjectId, IdentityMode.Simplified, DateTimeZone.Utc);
        return new()
        {
            Project = project,
            Range = project.Days(new(2025, 3, 28), new(2025, 3, 28)),
            Now = Instant.FromUtc(2025, 5, 1, 0, 0),
            Events = [selection],
            Limit = 10_000,
            Switches = Switches.Mixpanel,
        };
    }
}
