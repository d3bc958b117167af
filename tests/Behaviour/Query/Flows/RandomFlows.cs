using Cairn.Behaviour.Query.Sessions;
using Cairn.Model.Identity;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using NodaTime;

namespace Cairn.Behaviour.Query.Flows;

/// <summary>Random questions about the events of <see cref="RandomSessions"/>.</summary>
static class RandomFlows
{
    static readonly string[] Names = ["Open", "View", "Buy", "Close", "Heartbeat"];

    public static FlowsDefinition Definition(Random random)
    {
        var project = new ReportProject("p", IdentityMode.Simplified, DateTimeZoneProviders.Tzdb[RandomSessions.Zones[random.Next(RandomSessions.Zones.Length)]]);
        var first = new LocalDate(2025, 3, 28).PlusDays(random.Next(4));
        var counting = (FlowCounting)random.Next(3);
        var isBySession = counting == FlowCounting.Sessions || random.Next(3) == 0;
        var reverse = random.Next(4);
        var forward = random.Next(reverse == 0 ? 1 : 0, 5);
        return new()
        {
            Project = project,
            Range = project.Days(first, first.PlusDays(random.Next(4))),
            Anchors = [.. Enumerable.Range(0, random.Next(1, 4)).Select(number => new FlowAnchor(Selections(random), $"anchor {number}"))],
            Goal = forward == 0 || random.Next(3) > 0 ? [] : Selections(random),
            Forward = forward,
            Reverse = reverse,
            Top = random.Next(1, 5),
            Window = isBySession ? new ConversionWindow.Sessions(1) : new ConversionWindow.Duration(TimeSpan.FromSeconds(random.Next(3) == 0 ? random.Next(1, 400_000) : random.Next(1, 4_000))),
            Counting = counting,
            Hidden = [.. Names.Where(_ => random.Next(5) == 0)],
            CollapsesRepeats = random.Next(2) == 0,
            Expansions = random.Next(2) == 0 ? [] : [new("View", ExpressionParser.Parse("properties[\"visit\"]")), new("Buy", ExpressionParser.Parse("properties[\"n\"]"))],
            Filter = random.Next(4) > 0 ? null : ExpressionParser.Parse("properties[\"n\"] < 2"),
            Paths = random.Next(3) == 0 ? random.Next(1, 20) : 0,
            Switches = (random.Next(2) == 0 ? Switches.Mixpanel : Switches.Amplitude) with { Sessions = RandomSessions.Switches(random) },
        };
    }

    static IReadOnlyList<EventSelection> Selections(Random random) => random.Next(6) switch
    {
        0 => [EventSelection.Every("any")],
        1 => [EventSelection.Named("Open"), EventSelection.Named("Buy", ExpressionParser.Parse("properties[\"n\"] == 1"))],
        _ => [EventSelection.Named(Names[random.Next(Names.Length)], random.Next(3) == 0 ? ExpressionParser.Parse("properties[\"n\"] > 0") : null)],
    };
}
