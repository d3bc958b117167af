using System.Diagnostics;
using System.Globalization;
using Cairn.Ingestion;
using Cairn.Projects.Demo;
using Cairn.Projects.Keys;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;

namespace Cairn.Functions;

/// <summary>Fills the first project with the demo once the app is up, with a progress bar, where <c>CAIRN_DEMO=1</c> asks for it (<c>./run.sh --demo</c>).</summary>
sealed class DemoStartService(
    DemoFill fill, FirstStart firstStart, IProjectDirectory projects, IConfiguration settings, IHostApplicationLifetime lifetime, ProgressLine console) : BackgroundService
{
    /// <summary>So that the whole line fits into 79 columns.</summary>
    const int BarWidth = 30;

    /// <summary>Whether the settings ask for the demo.</summary>
    public static bool IsWanted(IConfiguration settings) => settings["CAIRN_DEMO"] == "1";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!IsWanted(settings)) return;
        try
        {
            await FillAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The app stops, perhaps before it ever listened; the next start fills what is missing.
        }
    }

    async Task FillAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource();
        await using (lifetime.ApplicationStarted.Register(started.SetResult)) await started.Task.WaitAsync(stoppingToken);
        var first = await firstStart.RunAsync(stoppingToken);
        if (await projects.FindByIdAsync(first.ProjectId, stoppingToken) is not { } project)
            throw new InvalidOperationException($"the first project {first.ProjectId} is not in the directory");
        var clock = Stopwatch.StartNew();
        DemoProgress? last = null;
        await foreach (var step in fill.FillAsync(project, stoppingToken)) Draw(last = step);
        console.End();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"The demo is in: {last?.Events:N0} events of {last?.People:N0} people, {clock.Elapsed.TotalSeconds:F0} s."));
    }

    /// <summary>One line that is drawn over itself; on no terminal, nothing until the end.</summary>
    void Draw(DemoProgress step)
    {
        if (Console.IsOutputRedirected) return;
        var full = BarWidth * step.PeopleDone / step.People;
        console.Draw(string.Create(CultureInfo.InvariantCulture,
            $"Filling with the demo [{new string('#', full)}{new string('.', BarWidth - full)}] {100 * step.PeopleDone / step.People} %  {step.Events:N0} events"));
    }
}
