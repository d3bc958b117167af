using System.Globalization;
using Cairn.Query.Definitions;
using Cairn.Query.Filters;
using Microsoft.AspNetCore.Http;
using NodaTime;

namespace Cairn.Api.Amplitude;

/// <summary>The parameters of <c>funnels</c> as a definition.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API", "Funnel analysis".</remarks>
static class FunnelChart
{
    /// <summary>Seconds. Source: the same page, cs.</summary>
    const int DefaultWindowSeconds = 30 * 24 * 60 * 60;

    /// <exception cref="AmplitudeQueryException">A parameter can't be used; the message names it.</exception>
    public static FunnelDefinition Read(IQueryCollection query, ReportProject project, Instant now)
    {
        var events = Events(query);
        var segments = ChartParameters.Segments(query);
        var (groupBy, step) = GroupOf(query, events, segments.Count);
        return new()
        {
            Project = project,
            Now = now,
            Range = ChartParameters.Days(query, project),
            Steps = [.. events.Select(item => FunnelStep.Of(item.Selection))],
            Order = query["mode"].ToString() switch
            {
                "" or "ordered" => FunnelOrder.This,
                "unordered" => FunnelOrder.Any,
                "sequential" => FunnelOrder.Exact,
                var other => throw new AmplitudeQueryException($"Invalid mode {other}: ordered, unordered or sequential"),
            },
            Entrants = query["n"].ToString() switch
            {
                "" or "active" or "any" => FunnelEntrants.Everyone,
                "new" => FunnelEntrants.NewInRange,
                var other => throw new AmplitudeQueryException($"Invalid n {other}: active or new"),
            },
            Window = new ConversionWindow.Duration(TimeSpan.FromSeconds(Seconds(query))),
            Compared = segments,
            Breakdowns = groupBy,
            Attribution = FunnelAttribution.AtStep(step),
            Unit = SegmentationChart.UnitOf(query),
            Limit = ChartParameters.Limit(query),
            Switches = Switches.Amplitude,
        };
    }

    /// <summary>The steps: <c>e</c> several times, or <c>e</c>, <c>e2</c>, <c>e3</c> … as some clients send them.</summary>
    static List<(EventSelection Selection, IReadOnlyList<Expression> GroupBy)> Events(IQueryCollection query)
    {
        ChartParameters.Required(query, "e");
        var events = query["e"].Where(text => !string.IsNullOrEmpty(text)).Select(text => ChartJson.Event("e", text!)).ToList();
        for (var number = 2; number <= FunnelDefinition.MaxSteps; number++)
        {
            var parameter = $"e{number}";
            if (query[parameter].ToString() is { Length: > 0 } text) events.Add(ChartJson.Event(parameter, text));
        }
        return events.Count <= FunnelDefinition.MaxSteps ? events : throw new AmplitudeQueryException($"Invalid e: at most {FunnelDefinition.MaxSteps} events");
    }

    /// <summary>What is grouped by, and at which step: <c>g</c> at the first, an event's <c>group_by</c> at its own.</summary>
    static (IReadOnlyList<Breakdown> GroupBy, int Step) GroupOf(IQueryCollection query, List<(EventSelection Selection, IReadOnlyList<Expression> GroupBy)> events, int segmentCount)
    {
        // A grouping by user properties is honoured with a single segment only.
        Breakdown[] ofUser = segmentCount > 1 ? [] : [.. ChartParameters.Groups(query, "g")];
        var grouped = events.Index().Where(item => item.Item.GroupBy.Count > 0).ToArray();
        if (grouped.Length == 0) return (ofUser, 1);
        if (grouped.Length > 1 || ofUser.Length > 0 && grouped[0].Index > 0) throw new AmplitudeQueryException("Invalid group_by: a funnel is grouped at one of its steps");
        return ([.. ofUser, .. grouped[0].Item.GroupBy.Select(by => new Breakdown(by))], grouped[0].Index + 1);
    }

    static int Seconds(IQueryCollection query)
    {
        var text = query["cs"].ToString();
        if (text.Length == 0) return DefaultWindowSeconds;
        var most = (int)ConversionWindow.Longest.TotalSeconds;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds >= 1 && seconds <= most
            ? seconds
            : throw new AmplitudeQueryException($"Invalid cs {text}: 1 to {most} seconds");
    }
}
