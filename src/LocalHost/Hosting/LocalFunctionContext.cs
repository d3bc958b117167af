using Microsoft.Azure.Functions.Worker;

namespace Cairn.LocalHost.Hosting;

/// <summary>One invocation, as the function sees it.</summary>
sealed class LocalFunctionContext(string functionName, IServiceProvider services, CancellationToken cancellationToken) : FunctionContext
{
    static readonly IReadOnlyDictionary<string, object?> NoData = new Dictionary<string, object?>();

    public override string InvocationId { get; } = Guid.NewGuid().ToString();

    public override FunctionDefinition FunctionDefinition { get; } = new Definition(functionName);

    public override BindingContext BindingContext => new Binding(Data);

    public override RetryContext RetryContext => new Retry(RetryCount, MaxRetryCount);

    public override IServiceProvider InstanceServices { get; set; } = services;

    public override CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The trigger's own data.</summary>
    public IReadOnlyDictionary<string, object?> Data { get; init; } = NoData;

    /// <summary>Runs before this one.</summary>
    public int RetryCount { get; init; }

    /// <summary>-1 for no limit.</summary>
    public int MaxRetryCount { get; init; }

    sealed class Definition(string name) : FunctionDefinition
    {
        public override string Name => name;
    }

    sealed class Binding(IReadOnlyDictionary<string, object?> data) : BindingContext
    {
        public override IReadOnlyDictionary<string, object?> BindingData => data;
    }

    sealed class Retry(int count, int most) : RetryContext
    {
        public override int RetryCount => count;

        public override int MaxRetryCount => most;
    }
}
