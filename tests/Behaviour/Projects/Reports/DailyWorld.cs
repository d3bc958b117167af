using Cairn.Behaviour.Projects.Aggregates;
using Cairn.Model.Identity;
using Cairn.Projects.Keys;
using Cairn.Projects.Reports;
using Cairn.Projects.Reports.Daily;
using Cairn.Query.Definitions;
using Cairn.Query.Scanning;
using Cairn.Storage.Compaction;
using Cairn.Storage.Erasure;
using Cairn.Storage.Identity;
using Cairn.Storage.Recent;
using Cairn.Storage.Rows;
using Microsoft.Extensions.Logging.Abstractions;
using NodaTime;

namespace Cairn.Behaviour.Projects.Reports;

/// <summary>One project with reports that are computed daily, by hosts that share its stores; each answer tells what it would, and is counted.</summary>
sealed class DailyWorld : IReportAnswers
{
    readonly Host[] hosts;
    readonly IdentityFold fold = new(IdentityMode.Simplified);

    DailyWorld(AggregateWorld rows)
    {
        Rows = rows;
        Store = new(rows.Blobs);
        Saved = new(rows.App.Tables, rows.App.Clock);
        Erasures = new(rows.Blobs, rows.App.Clock);
        hosts = [new(this), new(this)];
    }

    public AggregateWorld Rows { get; }

    public DailyStore Store { get; }

    public SavedReports Saved { get; }

    public ErasureStore Erasures { get; }

    public Project Project => Rows.Project;

    /// <summary>What was computed, in order: a report's name and the day.</summary>
    public List<(string Report, DateOnly Date)> Computed { get; } = [];

    /// <summary>Days back that an answer of each report depends on, by its name: all by the funnel's range.</summary>
    public Dictionary<string, int> DaysBack { get; } = new(StringComparer.Ordinal);

    /// <summary>Reports that read profiles.</summary>
    public HashSet<string> ReadingProfiles { get; } = new(StringComparer.Ordinal);

    public static async Task<DailyWorld> InAsync(string timeZone, string nowUtc) => new(await AggregateWorld.InAsync(timeZone, nowUtc));

    /// <summary>A funnel over the last days, or a cohort where that is all of them.</summary>
    public async Task<SavedReport> KeepAsync(string name, int daysBack, ReportSchedule schedule = ReportSchedule.Daily)
    {
        DaysBack[name] = daysBack;
        var definition = $$"""{"range": {"last_days": {{daysBack}}}, "steps": ["A"]}""";
        var change = await Saved.CreateAsync(Project.Id, new(name, ReportKind.Funnels, definition, "", "me", schedule), "me", default);
        return ((ReportChange.Kept)change).Report;
    }

    /// <summary>What the timer does on one of two hosts, or on both at once.</summary>
    public Task RunAsync(int host = 0) => hosts[host].RunAsync();

    public Task RunBothAsync() => Task.WhenAll(hosts.Select(host => Task.Run(host.RunAsync)));

    /// <summary>A host that starts knows nothing that is not stored.</summary>
    public void Restart(int host) => hosts[host] = new(this);

    public void Link(string id, string other, int order) => fold.Add([new(new(order, new(7, (uint)order, 0)), LinkRule.MixpanelDeviceAndUser, id, other)]);

    /// <summary>What was computed since the last call: <c>"weekly 2024-03-01"</c>, in order of days.</summary>
    public string[] Taken()
    {
        lock (Computed)
        {
            string[] taken = [.. Computed.OrderBy(one => one.Date).ThenBy(one => one.Report, StringComparer.Ordinal).Select(one => $"{one.Report} {one.Date:yyyy-MM-dd}")];
            Computed.Clear();
            return taken;
        }
    }

    public async Task<DailyState> StateAsync() => (await Store.FindStateAsync(Project.Id, default))!.Value;

    public Task<ComputedAnswer> AnswerAsync(SavedReport report, ReportProject project, DateOnly asOf, CancellationToken cancellationToken)
    {
        lock (Computed) Computed.Add((report.Name, asOf));
        return report.Name == "broken" ? throw new DefinitionException("steps", "it can't be asked any more") : Task.FromResult(new ComputedAnswer("{}", null));
    }

    public AnswerNeeds NeedsOf(SavedReport report, ReportProject project, DateOnly asOf) =>
        new(project.Zone.AtStartOfDay(LocalDate.FromDateOnly(asOf).PlusDays(1 - DaysBack[report.Name])).ToInstant(), ReadingProfiles.Contains(report.Name));

    sealed class Host(DailyWorld world) : IPersonDirectory
    {
        DailyReports? daily;

        DailyReports Daily => daily ??= new(
            world.Rows.App.Projects, world.Saved, world, new StoredEvents(world.Rows), this, world.Rows, world.Store, world.Erasures, world.Rows.Blobs, CompactionLimits.Default, world.Rows.App.Clock,
            NullLogger<DailyReports>.Instance);

        public Task RunAsync() => Daily.RunAsync(default);

        public ValueTask<PersonMap> ReadAsync(string projectId, IdentityMode mode, CancellationToken cancellationToken) => new(world.fold.Map);

        public ValueTask<PersonIds?> FindAsync(string projectId, IdentityMode mode, string id, CancellationToken cancellationToken) => new(world.fold.Find(id));
    }
}
