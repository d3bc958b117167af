using System.Linq.Expressions;
using System.Reflection;
using Cairn.LocalHost.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Cairn.LocalHost.Http;

/// <summary>
/// Turns an HTTP function into a delegate that makes its class, binds its parameters, calls it and writes its result, with no
/// reflection left for the request.
/// </summary>
static class HttpInvoker
{
    static readonly MethodInfo FinishResult = Of(nameof(Finish));
    static readonly MethodInfo FinishTask = Of(nameof(FinishAsync));
    static readonly MethodInfo MakeContext = Of(nameof(ContextOf));
    static readonly MethodInfo ReadRoute = Of(nameof(RouteValue));

    /// <summary>Says what the function may take and return, before the first request.</summary>
    /// <exception cref="InvalidOperationException">The official ASP.NET Core integration would not bind or write it.</exception>
    public static void Check(FunctionMethod function, RoutePattern pattern)
    {
        var returned = function.Method.ReturnType;
        if (!IsResult(returned) && !(IsTaskOf(returned, out var inner) && IsResult(inner)))
            throw new InvalidOperationException(
                $"function {function.Name} returns {returned.Name}: an HTTP function returns IResult or Task<IResult>, for the worker writes nothing else and " +
                "warns each time (one that has written the response itself returns Results.Empty)");
        foreach (var parameter in function.Method.GetParameters())
            if (parameter.ParameterType == typeof(string) ? pattern.GetParameter(parameter.Name!) is null : !IsKnown(parameter.ParameterType))
                throw new InvalidOperationException(
                    $"function {function.Name}: parameter {parameter.Name} is neither HttpRequest, FunctionContext, CancellationToken nor a string named in its route");
        if (function.TriggerParameter.ParameterType != typeof(HttpRequest))
            throw new InvalidOperationException($"function {function.Name}: its trigger's parameter is an HttpRequest");
    }

    /// <summary>The delegate; it may be called by many requests at once.</summary>
    /// <param name="singletons">Makes the class where it needs no scope; null: from the request's own scope.</param>
    public static RequestDelegate Compile(FunctionMethod function, IServiceProvider? singletons)
    {
        var http = Expression.Parameter(typeof(HttpContext), "http");
        var arguments = function.Method.GetParameters().Select(parameter => Argument(function, parameter, http));
        Expression? instance = null;
        if (!function.Method.IsStatic)
        {
            var made = ActivatorUtilities.CreateFactory(function.Method.DeclaringType!, []);
            var services = singletons is null
                ? (Expression)Expression.Property(http, nameof(HttpContext.RequestServices))
                : Expression.Constant(singletons);
            instance = Expression.Convert(Expression.Invoke(Expression.Constant(made), services, Expression.Constant(null, typeof(object[]))), function.Method.DeclaringType!);
        }
        var call = Expression.Call(instance, function.Method, arguments);
        var finished = IsTaskOf(function.Method.ReturnType, out var inner)
            ? Expression.Call(FinishTask.MakeGenericMethod(inner), call, http)
            : Expression.Call(FinishResult, call, http);
        return Expression.Lambda<RequestDelegate>(finished, http).Compile();
    }

    static Expression Argument(FunctionMethod function, ParameterInfo parameter, ParameterExpression http) =>
        parameter.ParameterType == typeof(HttpRequest) ? Expression.Property(http, nameof(HttpContext.Request))
        : parameter.ParameterType == typeof(CancellationToken) ? Expression.Property(http, nameof(HttpContext.RequestAborted))
        : parameter.ParameterType == typeof(FunctionContext) ? Expression.Call(MakeContext, Expression.Constant(function.Name), http)
        : Expression.Call(ReadRoute, http, Expression.Constant(parameter.Name));

    static Task Finish(IResult result, HttpContext http) => result.ExecuteAsync(http);

    static Task FinishAsync<T>(Task<T> task, HttpContext http) where T : IResult =>
        task.IsCompletedSuccessfully ? task.Result.ExecuteAsync(http) : Awaited(task, http);

    static async Task Awaited<T>(Task<T> task, HttpContext http) where T : IResult => await (await task).ExecuteAsync(http);

    static LocalFunctionContext ContextOf(string name, HttpContext http) => new(name, http.RequestServices, http.RequestAborted);

    static string? RouteValue(HttpContext http, string name) => http.Request.RouteValues.TryGetValue(name, out var value) ? value as string : null;

    static bool IsResult(Type type) => typeof(IResult).IsAssignableFrom(type);

    static bool IsTaskOf(Type type, out Type inner)
    {
        var isTask = type.IsConstructedGenericType && type.GetGenericTypeDefinition() == typeof(Task<>);
        inner = isTask ? type.GenericTypeArguments[0] : type;
        return isTask;
    }

    static bool IsKnown(Type type) => type == typeof(HttpRequest) || type == typeof(FunctionContext) || type == typeof(CancellationToken);

    static MethodInfo Of(string name) => typeof(HttpInvoker).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!;
}
