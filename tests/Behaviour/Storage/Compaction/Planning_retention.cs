using System.Globalization;
using Cairn.Storage.Compaction;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

public class Planning_retention
{
    [Theory] // file (a date, or a month), days kept, now, whether it goes
    [InlineData("2026-01-31", 30, "2026-03-02 23:59", false)] // the last instant of the 31st is kept to the end of its 30 days
    [InlineData("2026-01-31", 30, "2026-03-03 00:00", true)]
    [InlineData("2026-01", 30, "2026-03-02 23:59", false)]
    [InlineData("2026-01", 30, "2026-03-03 00:00", true)] // a month goes whole, when its last day may
    [InlineData("2026-01", null, "2036-01-01 00:00", false)]
    [InlineData("2026-01", 36_500, "2026-03-03 00:00", false)]
    public void A_file_goes_when_none_of_its_rows_may_stay(string file, int? days, string now, bool goes)
    {
        var isMonth = file.Length == 7;
        var date = DateOnly.Parse(isMonth ? file + "-01" : file, CultureInfo.InvariantCulture);
        var held = new TableFile("f", new(date.Year, date.Month, 1), isMonth ? null : date, 10, 1, "f", 0);
        var gone = RetentionPlanner.Plan([held], days is { } length ? TimeSpan.FromDays(length) : null, DateTimeOffset.Parse(now, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
        Assert.Equal(goes ? [held] : Array.Empty<TableFile>(), gone);
    }
}
