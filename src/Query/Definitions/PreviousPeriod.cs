using NodaTime;

namespace Cairn.Query.Definitions;

/// <summary>An earlier range that a report is compared with, bucket by bucket from the first.</summary>
/// <param name="Back">How far back it lies, by the calendar; null: it ends where the range begins and is as many days long.</param>
public sealed record PreviousPeriod(BucketSize? Back = null)
{
    /// <summary>The earlier range, in whole days of a time zone.</summary>
    public TimeRange Of(TimeRange range, DateTimeZone zone)
    {
        var first = range.From.InZone(zone).Date;
        // The end lies outside: the last day is that of the moment before.
        var last = range.Until.Minus(Duration.FromMilliseconds(1)).InZone(zone).Date;
        if (Back is not { } back)
        {
            var days = Period.DaysBetween(first, last) + 1;
            return TimeRange.Days(first.PlusDays(-days), last.PlusDays(-days), zone);
        }
        return TimeRange.Days(Earlier(first, back), Earlier(last, back), zone);
    }

    static LocalDate Earlier(LocalDate date, BucketSize back) => back.Unit switch
    {
        TimeUnit.Week => date.PlusWeeks(-back.Count),
        TimeUnit.Month => date.PlusMonths(-back.Count),
        TimeUnit.Quarter => date.PlusMonths(-3 * back.Count),
        TimeUnit.Minute or TimeUnit.Hour or TimeUnit.Day => date.PlusDays(-back.Count),
    };
}
