using System.Globalization;
using Cairn.Query.Definitions;
using Microsoft.AspNetCore.Http;
using NodaTime;
using NodaTime.Text;

namespace Cairn.Api.Amplitude;

/// <summary>The query parameters that all of Amplitude's charts share.</summary>
/// <remarks>Source: Amplitude docs, "Dashboard REST API".</remarks>
static class ChartParameters
{
    /// <summary>Group values of one answer. Source: the same page, limit.</summary>
    const int DefaultLimit = 100;

    static readonly LocalDatePattern DayPattern = LocalDatePattern.CreateWithInvariantCulture("uuuuMMdd");

    /// <exception cref="AmplitudeQueryException">It is missing.</exception>
    public static string Required(IQueryCollection query, string parameter) =>
        query[parameter].ToString() is { Length: > 0 } text ? text : throw new AmplitudeQueryException($"Invalid {parameter}: it is missing");

    /// <summary><c>start</c> and <c>end</c>, both included.</summary>
    public static TimeRange Days(IQueryCollection query, ReportProject project)
    {
        var (from, to) = (Day(query, "start"), Day(query, "end"));
        return to < from ? throw new AmplitudeQueryException("Invalid end: it is before start") : project.Days(from, to);
    }

    /// <summary><c>s</c>, several times: segments side by side.</summary>
    public static IReadOnlyList<ComparedFilter> Segments(IQueryCollection query) =>
        [.. query["s"].Where(text => !string.IsNullOrEmpty(text)).Select((text, index) => new ComparedFilter(index.ToString(CultureInfo.InvariantCulture), ChartJson.Segment(text!)))];

    /// <summary>What is grouped by.</summary>
    public static IEnumerable<Breakdown> Groups(IQueryCollection query, params string[] parameters)
    {
        foreach (var parameter in parameters)
            if (query[parameter].ToString() is { Length: > 0 } name) yield return new(UserProperties.Named(name));
    }

    public static int Limit(IQueryCollection query)
    {
        var text = query["limit"].ToString();
        if (text.Length == 0) return DefaultLimit;
        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) || limit < 1) throw new AmplitudeQueryException($"Invalid limit {text}");
        return Math.Min(limit, SegmentationDefinition.MaxLimit);
    }

    static LocalDate Day(IQueryCollection query, string parameter)
    {
        var text = Required(query, parameter);
        var parsed = DayPattern.Parse(text);
        return parsed.Success && parsed.Value.Year is >= 1970 and <= 2999 ? parsed.Value : throw new AmplitudeQueryException($"Invalid {parameter} {text}: give YYYYMMDD");
    }
}
