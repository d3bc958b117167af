using System.Linq.Expressions;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.LocalHost.Hosting;

/// <summary>Calls a timer or Event Hub function: a scope and an instance of its class for each run.</summary>
sealed class FunctionInvoker
{
    delegate Task Call(IServiceProvider services, object trigger, FunctionContext context);

    readonly FunctionMethod function;
    readonly IServiceScopeFactory scopes;
    readonly Call call;

    /// <exception cref="InvalidOperationException">It takes or returns what its trigger does not offer.</exception>
    public FunctionInvoker(FunctionMethod function, Type triggerType, IServiceProvider services)
    {
        this.function = function;
        scopes = services.GetRequiredService<IServiceScopeFactory>();
        if (function.TriggerParameter.ParameterType != triggerType)
            throw new InvalidOperationException($"function {function.Name}: its trigger's parameter is a {triggerType.Name}");
        if (function.Method.ReturnType != typeof(Task) && function.Method.ReturnType != typeof(void))
            throw new InvalidOperationException($"function {function.Name} returns {function.Method.ReturnType.Name}: it returns Task or nothing");
        call = Compile();
    }

    /// <summary>One run.</summary>
    /// <param name="data">What the trigger knows beside its value.</param>
    public async Task RunAsync(object trigger, IReadOnlyDictionary<string, object?> data, int retryCount, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var context = new LocalFunctionContext(function.Name, scope.ServiceProvider, cancellationToken)
        {
            Data = data,
            RetryCount = retryCount,
            MaxRetryCount = function.Retry?.MaxRetryCount ?? 0,
        };
        await call(scope.ServiceProvider, trigger, context);
    }

    Call Compile()
    {
        var services = Expression.Parameter(typeof(IServiceProvider));
        var trigger = Expression.Parameter(typeof(object));
        var context = Expression.Parameter(typeof(FunctionContext));
        var arguments = function.Method.GetParameters().Select(parameter =>
            parameter == function.TriggerParameter ? Expression.Convert(trigger, parameter.ParameterType)
            : parameter.ParameterType == typeof(FunctionContext) ? (Expression)context
            : parameter.ParameterType == typeof(CancellationToken) ? Expression.Property(context, nameof(FunctionContext.CancellationToken))
            : throw new InvalidOperationException($"function {function.Name}: parameter {parameter.Name} is neither its trigger, FunctionContext nor CancellationToken"));
        Expression? instance = null;
        if (!function.Method.IsStatic)
        {
            var made = ActivatorUtilities.CreateFactory(function.Method.DeclaringType!, []);
            instance = Expression.Convert(Expression.Invoke(Expression.Constant(made), services, Expression.Constant(null, typeof(object[]))), function.Method.DeclaringType!);
        }
        Expression called = Expression.Call(instance, function.Method, arguments);
        if (function.Method.ReturnType == typeof(void)) called = Expression.Block(called, Expression.Constant(Task.CompletedTask));
        return Expression.Lambda<Call>(called, services, trigger, context).Compile();
    }
}
