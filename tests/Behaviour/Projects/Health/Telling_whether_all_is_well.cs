using Cairn.Ingestion.Consumer;
using Cairn.Projects.Health;
using Cairn.Projects.Jobs;
using Cairn.Storage;
using Cairn.Support;
using Cairn.Support.Ingestion;
using Cairn.Support.Stores;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Cairn.Behaviour.Projects.Health;

public class Telling_whether_all_is_well
{
    static readonly ReadOnlyMemory<byte>[] OneMessage = [new byte[] { 1 }];

    readonly FakeTimeProvider clock = new(new DateTimeOffset(2024, 3, 1, 12, 0, 0, TimeSpan.Zero));
    readonly FaultyBlobStore blobs;
    readonly FaultyTableStore tables = new(new InMemoryTableStore());
    readonly InMemoryEventStream stream = new(partitionCount: 3);
    readonly StoredPlaces places;
    readonly JobLog jobs;
    readonly Readiness readiness;

    public Telling_whether_all_is_well()
    {
        blobs = new(new InMemoryBlobStore(clock));
        places = new(tables, clock);
        jobs = new(tables, clock);
        readiness = new(blobs, stream, places, jobs, clock);
    }

    [Fact]
    public async Task A_fresh_deployment_is_ready_before_any_job_has_run()
    {
        var answer = await AskAsync();
        Assert.Equal(HealthStatus.Ready, answer.Status);
        Assert.Empty(answer.Reasons);
        Assert.All(Enum.GetValues<HealthCheck>(), check => Assert.True(answer.IsWell(check)));
    }

    [Fact]
    public async Task Without_blobs_it_is_unavailable()
    {
        blobs.Decide = (_, _) => BlobFault.FailBefore;
        var answer = await AskAsync();
        Assert.Equal(HealthStatus.Unavailable, answer.Status);
        Assert.Equal([new(HealthCheck.Blobs, "Blobs can't be read.")], answer.Reasons);
    }

    [Fact]
    public async Task Without_tables_it_is_unavailable_and_what_they_tell_is_unknown()
    {
        tables.Decide = (_, _) => BlobFault.FailBefore;
        var answer = await AskAsync();
        Assert.Equal(HealthStatus.Unavailable, answer.Status);
        Assert.Equal([new(HealthCheck.Tables, "Tables can't be read.")], answer.Reasons);
        Assert.Equal([true, false, true, null, null, null, true], Enum.GetValues<HealthCheck>().Select(answer.IsWell));
    }

    [Fact]
    public async Task Without_the_stream_it_goes_on_for_the_spool_takes_what_comes()
    {
        stream.IsUnknown = true;
        var answer = await AskAsync();
        Assert.Equal(HealthStatus.Degraded, answer.Status);
        Assert.Equal([true, true, false, null, true, true, true], Enum.GetValues<HealthCheck>().Select(answer.IsWell));
    }

    [Fact]
    public async Task A_store_that_never_answers_counts_as_away_after_two_seconds()
    {
        blobs.Delay = TimeSpan.FromDays(1);
        blobs.Decide = (_, _) => BlobFault.Slow;
        var asked = readiness.AskAsync(default);
        clock.Advance(Readiness.MaxCheckTime - TimeSpan.FromMilliseconds(1));
        Assert.False(asked.IsCompleted);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HealthStatus.Unavailable, (await asked.WaitAsync(Eventually.Limit)).Status);
    }

    [Fact]
    public async Task Who_leaves_is_told_nothing_and_the_next_one_is_answered()
    {
        blobs.Delay = TimeSpan.FromDays(1);
        blobs.Decide = (_, _) => BlobFault.Slow;
        using var leaving = new CancellationTokenSource();
        var asked = readiness.AskAsync(leaving.Token);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        blobs.Decide = (_, _) => BlobFault.None;
        Assert.Equal(HealthStatus.Ready, (await readiness.AskAsync(default)).Status);
    }

    [Fact]
    public async Task An_answer_serves_all_who_ask_within_five_seconds()
    {
        Assert.Equal(HealthStatus.Ready, (await readiness.AskAsync(default)).Status);
        blobs.Decide = (_, _) => BlobFault.FailBefore;
        clock.Advance(Readiness.AnswerServesFor - TimeSpan.FromMilliseconds(1));
        Assert.Equal(HealthStatus.Ready, (await readiness.AskAsync(default)).Status);
        Assert.Equal(0, blobs.FaultCount);
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal(HealthStatus.Unavailable, (await readiness.AskAsync(default)).Status);
    }

    [Fact]
    public async Task Messages_that_nobody_stores_are_told_of_after_two_minutes_and_no_more_once_they_are_stored()
    {
        await stream.SendAsync(1, OneMessage, default);
        Assert.Equal(HealthStatus.Ready, (await AskAsync()).Status);
        clock.Advance(Readiness.MaxConsumerLag - Readiness.AnswerServesFor);
        Assert.Equal(HealthStatus.Ready, (await AskAsync()).Status);
        var late = await AskAsync();
        Assert.Equal(HealthStatus.Degraded, late.Status);
        Assert.Equal([new(HealthCheck.Consumer, "Events of 1 of 3 partitions have waited to be stored for 2 minutes.")], late.Reasons);

        await StoreAsync(1, 0);
        Assert.Equal(HealthStatus.Ready, (await AskAsync()).Status);
    }

    [Fact]
    public async Task A_partition_that_always_has_something_on_its_way_is_not_late()
    {
        for (var seq = 0; seq < 10; seq++)
        {
            await stream.SendAsync(2, OneMessage, default);
            if (seq > 0) await StoreAsync(2, seq - 1);
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(HealthStatus.Ready, (await AskAsync()).Status);
        }
    }

    [Fact]
    public async Task A_job_that_has_not_ended_well_for_twenty_minutes_is_named_and_compaction_by_what_it_does()
    {
        foreach (var job in JobNames.All) await RunAsync(job, JobEnd.Well);
        clock.Advance(Readiness.MaxJobAge);
        // What was partly done, left to another or broken off does not count.
        await RunAsync(JobNames.CompactLake, JobEnd.Partly);
        await RunAsync(JobNames.EventsByNameSchedule, JobEnd.LeftToAnother);
        await Assert.ThrowsAsync<StorageUnavailableException>(() => jobs.RunAsync(JobNames.ReplaySpool, _ => Task.FromException<JobEnd>(new StorageUnavailableException("away")), default));
        Assert.Equal(HealthStatus.Ready, (await AskAsync()).Status);
        var answer = await AskAsync();
        Assert.Equal(HealthStatus.Degraded, answer.Status);
        Assert.Equal(
            [
                "Recent rows have not gone into the lake without a fault for 20 minutes.",
                "DailyReportsSchedule has not ended well for 20 minutes.",
                "ErasePeople has not ended well for 20 minutes.",
                "EventsByNameSchedule has not ended well for 20 minutes.",
                "ReplaySpool has not ended well for 20 minutes.",
            ],
            answer.Reasons.Select(reason => reason.Sentence));

        foreach (var job in JobNames.All) await RunAsync(job, JobEnd.Well);
        Assert.Equal(HealthStatus.Ready, (await AskAsync()).Status);
    }

    [Fact]
    public async Task How_each_job_ended_last_is_told_whichever_way_it_was()
    {
        await RunAsync(JobNames.CompactLake, JobEnd.Well);
        await RunAsync(JobNames.CompactLake, JobEnd.Partly);
        await Assert.ThrowsAsync<InvalidOperationException>(() => jobs.RunAsync(JobNames.ReplaySpool, _ => Task.FromException<JobEnd>(new InvalidOperationException("broken")), default));
        await RunAsync(JobNames.EventsByNameSchedule, JobEnd.LeftToAnother);
        var runs = await jobs.ReadRunsAsync(default);
        Assert.Equal((JobEnd.Partly, null), (runs[JobNames.CompactLake].End, runs[JobNames.ReplaySpool].End));
        Assert.False(runs.ContainsKey(JobNames.EventsByNameSchedule));
        Assert.Equal([JobNames.CompactLake], (await jobs.ReadAsync(default)).Keys);
    }

    [Fact]
    public void Every_function_that_the_clock_starts_is_a_job_that_is_looked_at() => Assert.Equal(
        ListedFunction.InAssembly.Where(function => function.Trigger == "clock").Select(function => function.Name).Order(StringComparer.Ordinal),
        JobNames.All.Order(StringComparer.Ordinal));

    /// <summary>A fresh answer.</summary>
    async Task<HealthAnswer> AskAsync()
    {
        var answer = await readiness.AskAsync(default);
        clock.Advance(Readiness.AnswerServesFor);
        return answer;
    }

    Task RunAsync(string job, JobEnd end) => jobs.RunAsync(job, _ => Task.FromResult(end), default);

    async Task StoreAsync(int partition, long seq)
    {
        var shape = await stream.DescribeAsync(default);
        places.Note(shape.StreamId, partition, seq);
        clock.Advance(StoredPlaces.ToldEvery);
        await Eventually.AsyncUntil(stored => stored[partition] == seq, () => places.ReadAsync(shape, default));
    }
}
