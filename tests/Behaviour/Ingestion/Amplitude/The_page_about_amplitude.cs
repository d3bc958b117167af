using Cairn.Ingestion.Amplitude;
using Cairn.Model;
using Cairn.Model.Profiles;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Ingestion.Amplitude;

/// <summary>docs/wire/amplitude.md says what the code does.</summary>
public class The_page_about_amplitude
{
    const string Page = "docs/wire/amplitude.md";

    [Fact]
    public void Lists_every_field_that_becomes_a_property()
    {
        var rows = DocTable.Rows(Page, "| field | property |").ToDictionary(row => row[0], row => row[1]);

        Assert.Equal(37, rows.Count);
        foreach (var (field, property) in rows) Assert.Equal(property, AmplitudeFields.PropertyOf(field));
        Assert.Equal(rows.Count, AmplitudeFields.WireNames.Count(name => AmplitudeFields.PropertyOf(name) is not null));
    }

    [Fact]
    public void Lists_the_operators_in_the_order_they_are_applied()
    {
        var rows = DocTable.Rows(Page, "| operator | becomes | argument |").ToArray();
        var sent = string.Join(',', rows.Reverse().Select(row => $"\"{row[0]}\":{{\"p{row[0][1..]}\":1}}"));

        var body = Translated.Event($"\"user_properties\":{{{sent}}}", type: "$identify").BodyOf(ItemKind.ProfileUpdate);

        Assert.Equal(10, rows.Length);
        Assert.Equal(rows.Select(row => row[1]), System.Text.Json.Nodes.JsonNode.Parse(body)!.AsObject().Select(pair => pair.Key));
        Assert.All(rows, row => Assert.True(ProfileOperations.TryParse(System.Text.Encoding.UTF8.GetBytes(row[1]), out _)));
    }
}
