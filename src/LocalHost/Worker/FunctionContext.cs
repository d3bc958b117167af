namespace Microsoft.Azure.Functions.Worker;

/// <summary>One invocation of a function.</summary>
/// <remarks>Source: Microsoft.Azure.Functions.Worker.Core; the members that the app uses.</remarks>
public abstract class FunctionContext
{
    /// <summary>Unique to this invocation; a retry of it has the same.</summary>
    public abstract string InvocationId { get; }

    /// <summary>Which function.</summary>
    public abstract FunctionDefinition FunctionDefinition { get; }

    /// <summary>What the trigger knows beside the function's argument.</summary>
    public abstract BindingContext BindingContext { get; }

    /// <summary>How often this invocation was run before.</summary>
    public abstract RetryContext RetryContext { get; }

    /// <summary>The invocation's services.</summary>
    public abstract IServiceProvider InstanceServices { get; set; }

    /// <summary>Fires when the host stops or the caller has gone.</summary>
    public virtual CancellationToken CancellationToken => default;
}

/// <summary>What the trigger knows beside the function's argument.</summary>
public abstract class BindingContext
{
    /// <summary>By name; objects are JSON text.</summary>
    public abstract IReadOnlyDictionary<string, object?> BindingData { get; }
}

/// <summary>How often this invocation was run before.</summary>
public abstract class RetryContext
{
    /// <summary>0 on the first run.</summary>
    public abstract int RetryCount { get; }

    /// <summary>-1 for no limit.</summary>
    public abstract int MaxRetryCount { get; }
}

/// <summary>Which function an invocation is of.</summary>
public abstract class FunctionDefinition
{
    /// <summary>As in its <see cref="FunctionAttribute"/>.</summary>
    public abstract string Name { get; }
}
