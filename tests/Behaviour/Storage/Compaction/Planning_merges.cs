using System.Globalization;
using Cairn.Storage.Compaction;
using Cairn.Support;
using Xunit;

namespace Cairn.Behaviour.Storage.Compaction;

public class Planning_merges
{
    const long MiB = 1 << 20;
    static readonly int Runs = FullRun.Count(6, 300);
    static readonly DateTimeOffset Now = new(2026, 3, 20, 12, 0, 0, TimeSpan.Zero);
    static readonly MergeLimits Limits = MergeLimits.Default;
    int made;

    [Fact]
    public void Small_files_of_an_open_date_become_one_of_that_date()
    {
        var files = Many(8, () => Young("2026-03-20", MiB));
        Assert.Empty(MergePlanner.Plan(files.Skip(1), Now, Limits));
        var plan = Assert.Single(MergePlanner.Plan(files, Now, Limits));
        Assert.Equal((MergeReason.SmallFiles, new DateOnly(2026, 3, 20), 8), (plan.Reason, plan.Date, plan.Sources.Count));
    }

    [Fact]
    public void A_large_file_of_the_date_does_not_take_part_in_every_small_merge()
    {
        var large = Young("2026-03-20", 64 * MiB);
        var plan = Assert.Single(MergePlanner.Plan([large, .. Many(8, () => Young("2026-03-20", MiB))], Now, Limits));
        Assert.DoesNotContain(large, plan.Sources);
    }

    [Theory] // when the second of two files of March 19th is merged into the month
    [InlineData("2026-03-20 01:59", "2026-03-19 12:00", false)] // the date is still open
    [InlineData("2026-03-20 02:00", "2026-03-19 12:00", true)] // and has waited for long when it closes
    [InlineData("2026-03-20 12:00", "2026-03-20 11:00", false)] // came late, and may have followers
    [InlineData("2026-03-20 17:00", "2026-03-20 11:00", true)]
    public void Closed_dates_go_into_their_month_once_no_more_of_them_is_awaited(string now, string written, bool merges)
    {
        var at = Time(written).ToUnixTimeMilliseconds();
        var files = new[] { Young("2026-03-19", MiB) with { ModifiedAtMs = at }, Young("2026-03-18", MiB) with { ModifiedAtMs = at } };
        // March 18th is closed in any case; alone it has nothing to merge with.
        Assert.Equal(merges ? [MergeReason.ClosedDates] : Array.Empty<MergeReason>(), MergePlanner.Plan(files, Time(now), Limits).Select(plan => plan.Reason));
    }

    [Fact]
    public void Many_or_much_of_closed_dates_merge_at_once()
    {
        Assert.Equal(MergeReason.ClosedDates, Assert.Single(MergePlanner.Plan([Young("2026-02-01", 260 * MiB), Young("2026-02-02", 252 * MiB)], Now, Limits)).Reason);
        Assert.Equal(MergeReason.ClosedDates, Assert.Single(MergePlanner.Plan(Many(256, () => Young($"2026-02-{(made % 28) + 1:00}", 1000)), Now, Limits)).Reason);
    }

    [Fact]
    public void Runs_of_one_size_merge_with_all_their_files()
    {
        var large = Run("2026-02-01", 3, 80 * MiB);
        var small = Many(8, () => Run("2026-02-01", 2, 5 * MiB)).SelectMany(run => run).ToList();
        var plan = Assert.Single(MergePlanner.Plan([.. large, .. small], Now, Limits));
        Assert.Equal((MergeReason.Runs, null), (plan.Reason, plan.Date));
        Assert.Equal(small.Select(file => file.Path).Order(), plan.Sources.Select(file => file.Path).Order());
        Assert.Empty(MergePlanner.Plan([.. large, .. small.Skip(2)], Now, Limits));
    }

    [Fact]
    public void A_run_of_half_of_what_a_merge_takes_is_left_alone() =>
        Assert.Empty(MergePlanner.Plan(Many(20, () => Run("2026-02-01", 2, 128 * MiB)).SelectMany(run => run), Now, Limits));

    [Fact]
    public void Runs_of_two_months_never_merge() =>
        Assert.Empty(MergePlanner.Plan([.. Many(7, () => Run("2026-01-01", 1, MiB)).SelectMany(run => run), .. Many(7, () => Run("2026-02-01", 1, MiB)).SelectMany(run => run)], Now, Limits));

    [Theory]
    [InlineData(50, false)]
    [InlineData(51, true)]
    public void A_run_is_rewritten_for_links_past_five_percent_of_a_files_rows(long movedRows, bool isRewritten)
    {
        var run = Run("2026-02-01", 2, MiB).ConvertAll(file => file with { Rows = 1000 });
        var plans = MergePlanner.PlanRewrites([.. run, Young("2026-03-20", MiB)], new Dictionary<string, long> { [run[1].Path] = movedRows }, Limits);
        Assert.Equal(isRewritten ? run.Select(file => file.Path) : [], plans.SelectMany(plan => plan.Sources).Select(file => file.Path));
    }

    /// <summary>A quarter of a year of appends, late ones among them: rows stay where they belong, files stay few, and a row is seldom rewritten.</summary>
    [Fact]
    public void Keeps_files_few_and_rewrites_a_row_a_few_times()
    {
        for (var seed = 1; seed <= Runs; seed++)
        {
            var random = new Random(seed);
            var limits = Limits with { MaxYoung = 64, MaxYoungBytes = 16 * MiB, MaxBytes = 64 * MiB };
            var files = new List<TableFile>();
            var (appended, rewritten, most) = (0L, 0L, 0);
            for (var hour = 0; hour < 90 * 24; hour++)
            {
                var now = new DateTimeOffset(2026, 1, 1, 0, 30, 0, TimeSpan.Zero).AddHours(hour);
                for (var append = random.Next(1, 6); append > 0; append--)
                {
                    var late = random.Next(10) == 0 ? random.Next(40) : 0;
                    var file = Young(now.AddDays(-late).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), random.Next(1, late > 0 ? 2_000 : 400_000)) with { ModifiedAtMs = now.ToUnixTimeMilliseconds() };
                    files.Add(file);
                    appended += file.Bytes;
                }
                for (var plans = MergePlanner.Plan(files, now, limits); plans.Count > 0; plans = MergePlanner.Plan(files, now, limits))
                {
                    Assert.Equal(plans.Sum(plan => plan.Sources.Count), plans.SelectMany(plan => plan.Sources).Distinct().Count());
                    foreach (var plan in plans)
                    {
                        Assert.All(plan.Sources, source => Assert.Equal((plan.Month, true), (source.Month, plan.Date is null || plan.Date == source.Date)));
                        Assert.InRange(plan.Sources.Count, 2, int.MaxValue);
                        files.RemoveAll(plan.Sources.Contains);
                        var name = $"m{made++}";
                        files.Add(new(name, plan.Month, plan.Date, plan.Bytes, plan.Bytes / 10, name, now.ToUnixTimeMilliseconds()));
                        rewritten += plan.Bytes;
                    }
                }
                most = Math.Max(most, files.Count);
            }
            Assert.True(rewritten < appended * 8, $"seed {seed}: {rewritten / (double)appended:F1} times rewritten");
            Assert.True(most < 260, $"seed {seed}: {most} files");
        }
    }

    TableFile Young(string date, long bytes) => Young(DateOnly.Parse(date, CultureInfo.InvariantCulture), bytes);

    TableFile Young(DateOnly date, long bytes) => new($"y{made}", new(date.Year, date.Month, 1), date, bytes, bytes / 10, $"y{made++}", Now.ToUnixTimeMilliseconds());

    List<TableFile> Run(string month, int files, long bytes)
    {
        var name = $"m{made++}";
        return [.. Enumerable.Range(0, files).Select(file => new TableFile($"{name}-{file}", DateOnly.Parse(month, CultureInfo.InvariantCulture), null, bytes, bytes / 10, name, 0))];
    }

    static List<T> Many<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);
}
