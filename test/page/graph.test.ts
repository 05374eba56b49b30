import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { SeldonError } from '../../src/index.ts';
import type { GraphPlan, PredictorPlan } from '../../src/runtime/graph/plan.ts';
import { CHROMIUM, violationsOf } from '../support/chromium.ts';
import type { UnitJson } from '../support/graph/graph-case.ts';
import { closeNodes, openServer } from '../support/graph/nodes.ts';
import { serveGraph } from '../support/graph/serve-graph.ts';
import { graphPlan, renamed, unitOf } from '../support/graph/simple-graph.ts';

// The page of a graph in a real browser. test/page/browser.test.ts has what is the same for a model.

const HOSTILE = '<img src=x onerror="document.title=1">, ü';

interface Told {
  readonly unit: string;
  readonly reward: number;
  readonly truth: unknown;
}
const told: Told[] = [];

class Scaler {
  transformInput = (rows: unknown) => rows;
  initMetadata = () => ({
    inputs: [{ messagetype: 'ndarray', schema: { names: ['branch', '<b>width</b>'], shape: [2] } }],
  });
}
/** Chooses the child of the first column. */
class Router {
  route = (rows: { toNested(): number[][] }) => rows.toNested()[0]?.[0] as number;
}
function modelOf(unit: string) {
  return class Model {
    classNames = () => ['no', 'yes'];
    predict(rows: { toNested(): number[][] }) {
      if ((rows.toNested()[0]?.[1] as number) < 0) {
        throw new SeldonError('NEGATIVE', 'a width is not negative', { status: 422 });
      }
      return [[0.25, 0.75]];
    }
    sendFeedback(_rows: unknown, _names: unknown, reward: number, truth: { toNested(): unknown }) {
      told.push({ unit, reward, truth: truth.toNested() });
    }
    initMetadata = () => ({ outputs: [{ messagetype: 'ndarray', schema: { names: ['no', 'yes'] } }] });
  };
}

const MODELS = ['one', HOSTILE, 'three'];
const UNITS = {
  scale: unitOf(Scaler),
  route: unitOf(Router as never),
  ...Object.fromEntries(MODELS.map((name) => [name, unitOf(modelOf(name) as never)])),
};
const GRAPH: UnitJson = {
  name: 'scale',
  type: 'TRANSFORMER',
  children: [{ name: 'route', type: 'ROUTER', children: ['one', 'two', 'three'].map((name) => ({ name })) }],
};

/** A plan with a predictor more, which gets no request, and a shadow. */
function withOthers(plan: GraphPlan, other: GraphPlan): GraphPlan {
  const [main] = plan.predictors as [PredictorPlan];
  const { root } = other.predictors[0] as PredictorPlan;
  return {
    ...plan,
    predictors: [
      { ...main, name: 'canary', traffic: 0, root },
      { ...main, traffic: 100 },
      { ...main, name: 'mirror', traffic: 5, isShadow: true, root },
    ],
  };
}

/** A tree of this depth, in which each node has as many children, of all types. */
function treeOf(depth: number, children: number, name = 'unit-with-a-rather-long-name-0'): UnitJson {
  const types = ['COMBINER', 'TRANSFORMER', 'OUTPUT_TRANSFORMER', 'ROUTER'];
  const below = depth === 1 ? [] : Array.from({ length: children }, (_, index) => `${name}${index}`);
  return {
    name,
    type: below.length === 0 ? 'MODEL' : (types[depth % 4] as 'COMBINER'),
    ...(below.length > 0 && { children: below.map((each) => treeOf(depth - 1, children, each)) }),
  };
}

describe.skipIf(CHROMIUM === undefined)(
  `the page of a graph (${CHROMIUM ?? 'no browser is installed'})`,
  () => {
    let browser: Browser;
    let simple: string;
    let several: string;
    let large: string;
    let problems: string[];

    beforeAll(async () => {
      // No such name gets through the compiler: the page does not rely on that.
      const injected = renamed(await graphPlan(GRAPH, { injected: true }), 'two', HOSTILE);
      [browser, simple, several, large] = await Promise.all([
        chromium.launch({ executablePath: CHROMIUM as string }),
        serve(injected),
        serve(withOthers(injected, await graphPlan({ name: 'one' })), { SELDON_SHADOWS: '' }),
        serve(await graphPlan(treeOf(6, 2))),
      ]);
    });

    afterEach(async () => {
      await Promise.all(browser.contexts().map((context) => context.close()));
      told.length = 0;
      expect(problems).toEqual([]);
    });

    afterAll(async () => {
      closeNodes();
      await browser?.close();
    });

    async function serve(plan: GraphPlan, environment: Record<string, string> = {}): Promise<string> {
      const served = await serveGraph(plan, UNITS, environment);
      return openServer(({ method = '', url: path = '', headers }, body) =>
        served.send({
          ...{ method, path, headers: headers as Record<string, string> },
          ...(body.length > 0 && { body: body.toString() }),
        }),
      );
    }

    async function open(
      url: string,
      { expected, ...options }: BrowserContextOptions & { expected?: RegExp } = {},
    ): Promise<Page> {
      const context = await browser.newContext(options);
      problems = [];
      context.on('console', (message) => {
        if (!expected?.test(message.text())) {
          problems.push(`${message.type()}: ${message.text()}`);
        }
      });
      context.on('weberror', (error) => problems.push(error.error().message));
      const page = await context.newPage();
      await page.goto(`${url}/docs`);
      await page.getByRole('heading', { name: 'Try it' }).waitFor();
      return page;
    }

    /** Sends a row: the branch that the router takes, and a width. */
    async function send(page: Page, branch: number, width = 1): Promise<string> {
      await page.getByLabel('branch').fill(`${branch}`);
      await page.getByLabel('<b>width</b>').fill(`${width}`);
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await answered;
      await page.locator('#summary:not(:has-text("Waiting"))').waitFor();
      return page.locator('#summary').innerText();
    }

    const drawingOf = (page: Page, predictor: string) =>
      page.getByRole('list', { name: `Units of ${predictor}`, exact: true });
    const titlesOf = async (drawing: Locator) => {
      const items = await drawing.getByRole('listitem').all();
      return Promise.all(items.map((item) => item.locator('title').textContent()));
    };

    test('draws the tree, with names that are text, and with what goes in and comes out', async () => {
      const page = await open(simple);
      expect(await page.title()).toBe('dep main');
      expect(await page.getByRole('banner').innerText()).toContain('An inference graph behind');
      const drawing = drawingOf(page, 'main');
      expect(await titlesOf(drawing)).toEqual([
        'scale, TRANSFORMER · local',
        'route, ROUTER · local; child 0 of scale',
        'one, MODEL · local; child 0 of route',
        `${HOSTILE}, MODEL · local; child 1 of route`,
        'three, MODEL · local; child 2 of route',
      ]);
      expect(await page.locator('img, script:not(:only-of-type)').count()).toBe(0);
      const outlines = await drawing
        .locator('.node path')
        .evaluateAll((paths) => paths.map((path) => (path as unknown as HasAttributes).getAttribute('d')));
      expect(new Set(outlines).size).toBe(3);
      const groups = await page
        .locator('#endpoint optgroup')
        .evaluateAll((all) => all.map((each) => (each as unknown as HasAttributes).getAttribute('label')));
      expect(groups).toEqual(['graph', 'feedback', 'metrics', 'health', 'description']);
      const ends = page.getByRole('region', { name: 'Inputs and outputs' });
      for (const name of ['<b>width</b>', 'yes']) {
        await ends.getByText(name, { exact: true }).waitFor();
      }
      // Each box is on the right of its parent, and no two are on top of each other.
      const boxes = await Promise.all(
        (await drawing.locator('.node > path').all()).map(async (each) => (await each.boundingBox()) as Box),
      );
      const [scale, route, ...models] = boxes as [Box, Box, ...Box[]];
      expect(route.x).toBeGreaterThan(scale.x + scale.width);
      for (const [index, model] of models.entries()) {
        expect(model.x).toBeGreaterThan(route.x + route.width);
        expect(model.y).toBeGreaterThan(index === 0 ? 0 : (models[index - 1] as Box).y + model.height);
      }
    });

    test('shows the way of the last answer with milliseconds, and another way for another one', async () => {
      const page = await open(simple);
      const drawing = drawingOf(page, 'main');
      const taken = () => drawing.locator('.node.taken .unit').allTextContents();
      expect(await taken()).toEqual([]);
      expect(await send(page, 1)).toBe('200 Most probable: yes, 75.0 %');
      expect(await taken()).toEqual(['scale', 'route', '<img src=x onerror="do…']);
      const times = await drawing.locator('.node .time').allTextContents();
      const ms = expect.stringMatching(/^\d+(\.\d+)? ms$/);
      expect(times).toEqual([ms, ms, '', ms, '']);
      expect(await drawing.locator('.edge.taken').count()).toBe(2);
      expect(
        (await titlesOf(drawing)).map((title) => /; the last answer (.*?)(;|$)/.exec(title ?? '')?.[1]),
      ).toEqual([
        'went through it',
        'went through it',
        'did not go through it',
        'went through it',
        'did not go through it',
      ]);
      await page.getByText(`The last answer went through scale, route, ${HOSTILE}.`).waitFor();
      await send(page, 0);
      expect(await taken()).toEqual(['scale', 'route', 'one']);
      // All children, and none.
      await send(page, -1);
      expect(await taken()).toHaveLength(5);
      await send(page, -2);
      expect(await taken()).toEqual(['scale', 'route']);
    });

    test('marks the unit that failed, until the next answer', async () => {
      const page = await open(simple, { expected: /status of 422/ });
      expect(await send(page, 1, -1)).toBe('422 NEGATIVE: a width is not negative');
      const drawing = drawingOf(page, 'main');
      expect(await drawing.locator('.failed .time').allTextContents()).toEqual(['failed']);
      await page.getByText(`The last call ended at ${HOSTILE}.`).waitFor();
      expect(await drawing.locator('.taken').count()).toBe(0);
      await send(page, 1);
      expect(await drawing.locator('.failed').count()).toBe(0);
    });

    test('sends feedback on the last answer to the units that it came from', async () => {
      const page = await open(simple);
      await send(page, 2);
      const form = page.getByRole('form', { name: 'Feedback on this answer' });
      expect(await form.innerText()).toContain('/api/v1.0/feedback');
      await form.getByLabel('Reward').fill('0.5');
      await form.getByLabel('True answer').selectOption('yes');
      const asked = page.waitForRequest((request) => request.url().endsWith('/api/v1.0/feedback'));
      await form.getByRole('button', { name: 'Send feedback' }).click();
      expect((await asked).postDataJSON()).toMatchObject({
        request: { data: { ndarray: [[2, 1]] } },
        response: { meta: { routing: { scale: -1, route: 2, three: -1 } } },
        reward: 0.5,
      });
      await form.getByText('200 Feedback taken, reward 0.5.').waitFor();
      expect(told).toEqual([{ unit: 'three', reward: 0.5, truth: [[0, 1]] }]);
    });

    test('draws each predictor with its share, and the way through the one that answered', async () => {
      const page = await open(several);
      expect(await page.locator('#graphs figcaption').allInnerTexts()).toEqual([
        'canary · version main · 0 % of the requests',
        'main · 100 % of the requests',
        'mirror · version main · shadow of 5 %',
      ]);
      await page.getByLabel('Request body (JSON)').fill('{"data":{"ndarray":[[0,1]]}}');
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await page.locator('#summary', { hasText: '200' }).waitFor();
      const taken = (predictor: string) =>
        drawingOf(page, predictor).locator('.taken .unit').allTextContents();
      expect(await Promise.all(['canary', 'main', 'mirror'].map(taken))).toEqual([
        [],
        ['scale', 'route', 'one'],
        [],
      ]);
    });

    test.each<[string, BrowserContextOptions]>([
      ['light', { colorScheme: 'light' }],
      ['on a dark phone', { colorScheme: 'dark', viewport: { width: 360, height: 740 }, isMobile: true }],
    ])(
      'has, %s, nothing that axe objects to; a large graph scrolls, with the keyboard, too',
      async (_look, options) => {
        const page = await open(large, { ...options, reducedMotion: 'reduce' });
        const region = page.getByRole('region', { name: 'Units of main' });
        const sizes = await region.evaluate((element) => {
          const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element as unknown as Scrolled;
          return { isWide: scrollWidth > clientWidth, isHigh: scrollHeight > clientHeight };
        });
        expect(sizes).toEqual({ isWide: true, isHigh: true });
        await region.focus();
        // Pressed again: a page that is still being laid out may miss a key.
        const pressed = async () => {
          await page.keyboard.press('End');
          return region.evaluate((element) => (element as unknown as Scrolled).scrollTop);
        };
        await expect.poll(pressed, { timeout: 20_000 }).toBeGreaterThan(0);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(page.viewportSize()?.width);
        expect(await violationsOf(page)).toEqual([]);
      },
    );

    test('has other colours in the dark', async () => {
      const fills: string[] = [];
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await open(simple, { colorScheme });
        fills.push(
          await page
            .locator('.node .unit')
            .first()
            .evaluate((text) => getComputedStyle(text as never).fill),
        );
      }
      expect(fills[0]).not.toBe(fills[1]);
    });
  },
);

type Box = NonNullable<Awaited<ReturnType<Locator['boundingBox']>>>;

interface HasAttributes {
  getAttribute(name: string): string;
}

interface Scrolled {
  readonly scrollWidth: number;
  readonly clientWidth: number;
  readonly scrollHeight: number;
  readonly clientHeight: number;
  readonly scrollTop: number;
}
declare function getComputedStyle(element: never): { readonly fill: string };
