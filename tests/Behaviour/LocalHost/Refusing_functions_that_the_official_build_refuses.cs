using Cairn.LocalHost.Hosting;
using Cairn.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Cairn.Behaviour.LocalHost;

/// <summary>What Microsoft's generators and analyzers turn away at build time, the local host turns away at start.</summary>
public sealed class Refusing_functions_that_the_official_build_refuses
{
    [Theory]
    [InlineData(typeof(NamedTwice), "AZFW0017")]
    [InlineData(typeof(AsyncVoid), "AZFW0002")]
    [InlineData(typeof(TwoTriggers), "has 2 triggers")]
    [InlineData(typeof(NoTrigger), "has 0 triggers")]
    [InlineData(typeof(BatchOfOne), "AZFW0008")]
    [InlineData(typeof(ReturnsText), "returns IResult or Task<IResult>")]
    [InlineData(typeof(ReturnsNothing), "returns IResult or Task<IResult>")]
    [InlineData(typeof(Unbound), "parameter q is neither")]
    [InlineData(typeof(InTheHostsPlace), "belongs to the host")]
    [InlineData(typeof(AtTheRoot), "begins with a slash")]
    public async Task Says_which_function_and_which_rule(Type functions, string reason)
    {
        var refused = await Assert.ThrowsAnyAsync<InvalidOperationException>(() => LocalApp.StartAsync(builder =>
            builder.ConfigureLocalHost(local => local.FunctionClasses = [functions])));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    public static class NamedTwice
    {
        [Function("Same")]
        public static IResult One([HttpTrigger(AuthorizationLevel.Anonymous, Route = "one")] HttpRequest request) => Results.Ok();

        [Function("same")]
        public static IResult Two([HttpTrigger(AuthorizationLevel.Anonymous, Route = "two")] HttpRequest request) => Results.Ok();
    }

    public static class AsyncVoid
    {
        [Function("Lost")]
        public static async void Lost([TimerTrigger("0 0 * * * *")] TimerInfo timer) => await Task.Yield();
    }

    public static class TwoTriggers
    {
        [Function("Both")]
        public static IResult Both([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request, [TimerTrigger("0 0 * * * *")] TimerInfo timer) => Results.Ok();
    }

    public static class NoTrigger
    {
        [Function("Never")]
        public static IResult Never() => Results.Ok();
    }

    public static class BatchOfOne
    {
        [Function("Batch")]
        public static Task Batch([EventHubTrigger("events")] string one) => Task.CompletedTask;
    }

    public static class ReturnsText
    {
        [Function("Text")]
        public static string Text([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => "";
    }

    public static class ReturnsNothing
    {
        [Function("Nothing")]
        public static Task Nothing([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request) => Task.CompletedTask;
    }

    public static class Unbound
    {
        [Function("Unbound")]
        public static IResult Query([HttpTrigger(AuthorizationLevel.Anonymous)] HttpRequest request, string q) => Results.Ok(q);
    }

    public static class InTheHostsPlace
    {
        [Function("Admin")]
        public static IResult Admin([HttpTrigger(AuthorizationLevel.Anonymous, Route = "admin/keys")] HttpRequest request) => Results.Ok();
    }

    public static class AtTheRoot
    {
        [Function("Root")]
        public static IResult Root([HttpTrigger(AuthorizationLevel.Anonymous, Route = "/")] HttpRequest request) => Results.Ok();
    }
}
