using System.Net;
using System.Text.Json;
using Cairn.Support.Query;
using Xunit;

namespace Cairn.Behaviour.Api.Mixpanel;

/// <summary>Mixpanel's <c>/retention/addiction</c> in Mixpanel's shape: people active in at least so many units.</summary>
public sealed class Asking_for_addiction_as_Mixpanel : IAsyncLifetime
{
    static readonly MemoryEvent[] Events =
    [
        new("Play", At(9, 9), "ann", """{"game":"go"}"""), new("Play", At(9, 9), "ann", """{"game":"go"}"""), new("Play", At(9, 11), "ann", """{"game":"chess"}"""), new("Play", At(10, 9), "ann"),
        new("Play", At(9, 23), "bob", """{"game":"go"}"""), new("View", At(9, 22), "bob"), new("Play", At(9, 22), null),
    ];

    QueryApp app = null!;

    public async Task InitializeAsync() => app = await QueryApp.StartAsync(MemoryEvents.Of(Events).Source, new(2025, 6, 15, 12, 0, 0, TimeSpan.Zero));

    public async Task DisposeAsync() => await app.DisposeAsync();

    static DateTimeOffset At(int day, int hour) => new(2025, 6, day, hour, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("unit=day&addiction_unit=hour&event=Play", 24, """{"2025-06-09":[2,1],"2025-06-10":[1,0]}""")]
    [InlineData("unit=day", 24, """{"2025-06-09":[2,2],"2025-06-10":[1,0]}""")]
    [InlineData("unit=week&addiction_unit=day&event=Play", 7, """{"2025-06-09":[2,1]}""")]
    [InlineData("unit=week&addiction_unit=hour&event=Play", 168, """{"2025-06-09":[2,1]}""")]
    [InlineData("unit=month&addiction_unit=day&event=Play", 30, """{"2025-06-01":[2,1]}""")]
    [InlineData("unit=month&event=Play&where=properties[\"game\"] == \"go\"", 30, """{"2025-06-01":[2,0]}""")]
    [InlineData("unit=week&event=Play&on=properties[\"game\"]", 7, """{"2025-06-09":{"$overall":[2,1],"go":[2,0],"chess":[1,0],"undefined":[1,0]}}""")]
    public async Task Counts_who_was_active_in_at_least_so_many(string query, int length, string firstTwo)
    {
        var answer = await app.JsonAsync(QueryApp.MixpanelSecret, "/api/query/retention/addiction", [.. Pairs(query), ("from_date", "2025-06-09"), ("to_date", "2025-06-10")]);
        Assert.Equal(firstTwo, Shortened(answer.GetProperty("data"), length));
    }

    [Theory]
    [InlineData("unit=hour", "unit must be day, week or month, not hour")]
    [InlineData("unit=month&addiction_unit=hour", "addiction_unit must be hour with the unit day, hour or day with week, day with month, not hour")]
    public async Task Says_which_parameter_is_wrong(string query, string error)
    {
        using var answer = await app.GetAsync(QueryApp.MixpanelSecret, "/api/2.0/retention/addiction/", [.. Pairs(query), ("from_date", "2025-06-09"), ("to_date", "2025-06-10")]);
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal(error, JsonDocument.Parse(await answer.Content.ReadAsStringAsync()).RootElement.GetProperty("error").GetString());
    }

    /// <summary>The first two numbers of every list, whose length is checked.</summary>
    static string Shortened(JsonElement element, int length)
    {
        if (element.ValueKind == JsonValueKind.Object) return $"{{{string.Join(',', element.EnumerateObject().Select(member => $"\"{member.Name}\":{Shortened(member.Value, length)}"))}}}";
        Assert.Equal(length, element.GetArrayLength());
        return $"[{element[0]},{element[1]}]";
    }

    /// <summary>Pairs of a query that is not encoded; a value may hold any character but &amp;.</summary>
    static (string, string)[] Pairs(string query) =>
        [.. query.Split('&').Select(pair => (pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]))];
}
