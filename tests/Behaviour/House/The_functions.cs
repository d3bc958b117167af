using System.Reflection;
using Cairn.Functions;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Cairn.Behaviour.House;

/// <summary>What the functions ask of their host beside a trigger. Routes and triggers: tests/Golden/functions/functions.txt.</summary>
public class The_functions
{
    /// <summary>The real trigger's checkpoint moves on once retries are spent: any other number would lose what was answered with 200.</summary>
    [Fact]
    public void That_store_the_stream_are_tried_again_without_limit_and_nothing_else_is_tried_again()
    {
        var methods = typeof(AppServices).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(method => method.IsDefined(typeof(FunctionAttribute)))
            .ToLookup(method => method.GetParameters().Any(parameter => parameter.IsDefined(typeof(EventHubTriggerAttribute))));
        Assert.NotEmpty(methods[true]);
        Assert.All(methods[true], method => Assert.Equal(-1, method.GetCustomAttribute<ExponentialBackoffRetryAttribute>()?.MaxRetryCount));
        Assert.All(methods[false], method => Assert.Null(method.GetCustomAttribute<RetryAttribute>()));
    }
}
