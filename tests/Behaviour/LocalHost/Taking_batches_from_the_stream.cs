using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Azure.Messaging.EventHubs;
using Azure.Messaging.EventHubs.Producer;
using Cairn.LocalHost.Hosting;
using Cairn.Support;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cairn.Behaviour.LocalHost;

/// <summary>The local Event Hub trigger delivers, retries and checkpoints as the real one does.</summary>
public sealed class Taking_batches_from_the_stream : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("cairn-");
    readonly Journal journal = new();

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Comes_with_its_partition_and_its_numbers()
    {
        await using var app = await StartAsync(typeof(Keeps));
        await SendAsync(app, partition: 0, "a", "b");
        await SendAsync(app, partition: 1, "c");
        await journal.WaitForAsync(3);
        Assert.Equal(["0:0:a", "0:1:b", "1:0:c"], journal.Taken.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Reaches_an_idle_function_within_50_ms()
    {
        await using var app = await StartAsync(typeof(Keeps));
        await SendAsync(app, 0, "first, to warm up");
        await journal.WaitForAsync(1);
        var took = new List<TimeSpan>();
        for (var i = 2; i < 12; i++)
        {
            var sent = Stopwatch.GetTimestamp();
            await SendAsync(app, 0, $"message {i}");
            await journal.WaitForAsync(i);
            took.Add(Stopwatch.GetElapsedTime(sent));
        }
        Assert.True(took.Order().ElementAt(5) < TimeSpan.FromMilliseconds(50), string.Join(", ", took)); // the middle one: other tests run beside
    }

    [Fact]
    public async Task Goes_on_after_the_last_batch_when_it_starts_again()
    {
        await using (var app = await StartAsync(typeof(Keeps)))
        {
            await SendAsync(app, 0, "before");
            await journal.WaitForAsync(1);
        }
        await using (var app = await StartAsync(typeof(Keeps)))
        {
            await SendAsync(app, 0, "after");
            await journal.WaitForAsync(2);
        }
        // The first batch's checkpoint may have been late by the stop; then it comes once more, as on Azure.
        Assert.Equal("0:1:after", journal.Taken.Last());
        Assert.InRange(journal.Taken.Count(taken => taken == "0:0:before"), 1, 2);
    }

    [Fact]
    public async Task Passes_a_batch_whose_function_fails_without_a_retry_policy()
    {
        journal.FailuresLeft = 1;
        await using var app = await StartAsync(typeof(Keeps));
        await SendAsync(app, 0, "lost");
        await journal.WaitForFailuresAsync(1);
        await SendAsync(app, 0, "kept");
        await journal.WaitForAsync(1);
        Assert.Equal(["0:1:kept"], journal.Taken);
    }

    [Fact]
    public async Task Passes_a_batch_whose_retries_are_spent()
    {
        journal.FailuresLeft = 3;
        await using var app = await StartAsync(typeof(Tries_twice_more));
        await SendAsync(app, 0, "lost");
        await journal.WaitForFailuresAsync(3);
        await SendAsync(app, 0, "kept");
        await journal.WaitForAsync(1);
        Assert.Equal(["0:1:kept"], journal.Taken);
        Assert.Equal([0, 1, 2, 0], journal.Retries);
    }

    [Fact]
    public async Task Tries_one_batch_without_end_where_the_policy_says_so_and_lets_others_pass_meanwhile()
    {
        journal.FailuresLeft = 40;
        journal.FailsOnly = "stuck";
        await using var app = await StartAsync(typeof(Tries_for_ever));
        await SendAsync(app, 0, "stuck");
        await journal.WaitForFailuresAsync(5);
        await SendAsync(app, 0, "behind it");
        await SendAsync(app, 1, "in another partition");
        await journal.WaitForAsync(3);
        Assert.Equal("1:0:in another partition", journal.Taken.First());
        Assert.Equal(["0:0:stuck", "0:1:behind it"], journal.Taken.Skip(1));
        Assert.All(journal.FailedBatches, batch => Assert.Equal("stuck", batch)); // the same batch, nothing joined it
    }

    [Fact]
    public async Task Brings_a_batch_again_that_was_running_when_the_host_stopped()
    {
        journal.HoldsUntilStopped = true;
        await using (var app = await StartAsync(typeof(Keeps)))
        {
            await SendAsync(app, 0, "half done");
            await journal.Entered.Task.WaitAsync(TimeSpan.FromSeconds(10));
        }
        Assert.Empty(journal.Taken);
        journal.HoldsUntilStopped = false;
        await using (var app = await StartAsync(typeof(Keeps))) await journal.WaitForAsync(1);
        Assert.Equal(["0:0:half done"], journal.Taken);
    }

    [Fact]
    public async Task Waits_for_the_least_batch_no_longer_than_it_was_told()
    {
        const string waits = """{"version": "2.0", "extensions": {"eventHubs": {"maxEventBatchSize": 10, "minEventBatchSize": 3, "maxWaitTime": "00:00:02"}}}""";
        await using var app = await StartAsync(typeof(Keeps), waits);
        var sent = Stopwatch.GetTimestamp();
        await SendAsync(app, 0, "a");
        await SendAsync(app, 0, "b");
        await SendAsync(app, 0, "c");
        await journal.WaitForAsync(3);
        Assert.True(Stopwatch.GetElapsedTime(sent) < TimeSpan.FromSeconds(1.9));
        Assert.Equal(1, journal.Batches);
        sent = Stopwatch.GetTimestamp();
        await SendAsync(app, 0, "alone");
        await journal.WaitForAsync(4);
        Assert.InRange(Stopwatch.GetElapsedTime(sent), TimeSpan.FromSeconds(1.9), TimeSpan.FromSeconds(8));
    }

    [Fact]
    public async Task Gives_each_consumer_group_all_messages_in_batches_of_the_size_asked_for()
    {
        await using var app = await StartAsync([typeof(Keeps), typeof(Second_group)], """{"version": "2.0", "extensions": {"eventHubs": {"maxEventBatchSize": 7}}}""");
        await SendAsync(app, 0, [.. Enumerable.Range(0, 100).Select(i => $"{i}")]);
        await journal.WaitForAsync(200);
        Assert.All(journal.Taken.GroupBy(taken => taken), group => Assert.Equal(2, group.Count()));
        Assert.True(journal.Batches >= 2 * 15);
    }

    Task<LocalApp> StartAsync(Type functions, string? hostJson = null) => StartAsync([functions], hostJson);

    Task<LocalApp> StartAsync(Type[] functions, string? hostJson = null) => LocalApp.StartAsync(
        builder =>
        {
            builder.ConfigureLocalHost(local =>
            {
                local.FunctionClasses = functions;
                local.HostJson = hostJson ?? """{"version": "2.0"}""";
            });
            builder.Services.AddSingleton(journal);
        },
        folder.FullName);

    static async Task SendAsync(LocalApp app, int partition, params string[] texts)
    {
        var settings = app.Services.GetRequiredService<IConfiguration>();
        await using var producer = new EventHubProducerClient(settings["EventHubs:fullyQualifiedNamespace"]!, "events", new NoCredential());
        await producer.SendAsync(texts.Select(text => new EventData(Encoding.UTF8.GetBytes(text))), new SendEventOptions { PartitionId = $"{partition}" });
    }

    public sealed class Keeps(Journal journal)
    {
        [Function("Keeps")]
        public Task Take([EventHubTrigger("events", Connection = "EventHubs")] EventData[] events, FunctionContext context, CancellationToken stopping) =>
            journal.TakeAsync(events, context, stopping);
    }

    public sealed class Second_group(Journal journal)
    {
        [Function("SecondGroup")]
        public Task Take([EventHubTrigger("events", Connection = "EventHubs", ConsumerGroup = "second")] EventData[] events, FunctionContext context) =>
            journal.TakeAsync(events, context, default);
    }

    public sealed class Tries_twice_more(Journal journal)
    {
        [Function("TriesTwiceMore"), FixedDelayRetry(2, "00:00:00.010")]
        public Task Take([EventHubTrigger("events")] EventData[] events, FunctionContext context) => journal.TakeAsync(events, context, default);
    }

    public sealed class Tries_for_ever(Journal journal)
    {
        [Function("TriesForEver"), ExponentialBackoffRetry(-1, "00:00:00.001", "00:00:00.010")]
        public Task Take([EventHubTrigger("events")] EventData[] events, FunctionContext context) => journal.TakeAsync(events, context, default);
    }

    /// <summary>What the functions took, and how they are to fail.</summary>
    public sealed class Journal
    {
        readonly SemaphoreSlim failed = new(0);
        readonly SemaphoreSlim taken = new(0);
        int failures;
        int waitedFor;
        int waitedForFailures;

        public ConcurrentQueue<string> Taken { get; } = new();

        public ConcurrentQueue<string> FailedBatches { get; } = new();

        public ConcurrentQueue<int> Retries { get; } = new();

        public int Batches { get; private set; }

        public int FailuresLeft { get; set; }

        public string? FailsOnly { get; set; }

        public bool HoldsUntilStopped { get; set; }

        public TaskCompletionSource Entered { get; } = new();

        public async Task TakeAsync(EventData[] events, FunctionContext context, CancellationToken stopping)
        {
            if (HoldsUntilStopped)
            {
                Entered.TrySetResult();
                await Task.Delay(Timeout.Infinite, stopping);
            }
            var partition = JsonDocument.Parse((string)context.BindingContext.BindingData["PartitionContext"]!).RootElement.GetProperty("PartitionId").GetString();
            Retries.Enqueue(context.RetryContext.RetryCount);
            if (failures < FailuresLeft && (FailsOnly is null || events.Any(one => one.EventBody.ToString() == FailsOnly)))
            {
                failures++;
                FailedBatches.Enqueue(string.Join(",", events.Select(one => one.EventBody.ToString())));
                failed.Release();
                throw new InvalidOperationException("as told");
            }
            Batches++;
            foreach (var one in events)
            {
                Taken.Enqueue($"{partition}:{one.SequenceNumber}:{one.EventBody}");
                taken.Release();
            }
        }

        public async Task WaitForAsync(int count)
        {
            for (; waitedFor < count; waitedFor++) Assert.True(await taken.WaitAsync(TimeSpan.FromSeconds(20)), $"only {string.Join(", ", Taken)}");
        }

        public async Task WaitForFailuresAsync(int count)
        {
            for (; waitedForFailures < count; waitedForFailures++) Assert.True(await failed.WaitAsync(TimeSpan.FromSeconds(20)), $"{failures} failures");
        }
    }
}
