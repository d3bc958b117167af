using System.Text.Json.Nodes;
using Cairn.Ingestion.Segment;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Segment;

/// <summary>docs/wire/segment.md says what the code does.</summary>
public class The_page_about_segment
{
    [Fact]
    public void Lists_every_field_of_the_context_that_is_kept()
    {
        var rows = DocTable.Rows("docs/wire/segment.md", "| context | property |").ToArray();
        var context = new JsonObject();
        foreach (var row in rows)
        {
            var parts = row[0].Split('.');
            if (parts.Length == 1) context[parts[0]] = "value";
            else (context[parts[0]] ??= new JsonObject())[parts[1]] = "value";
        }

        var body = Assert.Single(Translated.Message(SegmentCall.Track, $"\"event\":\"A\",\"context\":{context.ToJsonString()}")).Json;

        Assert.Equal(33, rows.Length);
        Assert.Equal(rows.Select(row => row[1]).Order(), body.Select(pair => pair.Key).Order());
    }
}
